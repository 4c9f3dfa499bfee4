"""The runbooks on a project: the same notebooks, with the same verdicts, and what they are billed."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import emulator
import pytest

from backcourt.answers.model import Rows
from backcourt.backfill.request import RunIdentity
from backcourt.runbooks import season
from backcourt.runbooks.parameters import SeasonBackfill
from once import once
from worlds import season_files

pytestmark = [pytest.mark.slow, pytest.mark.proves("runbooks", "emulator")]
MORNING = datetime(2021, 11, 6, 13, tzinfo=UTC)
PROJECT = f"bigquery://{emulator.PROJECT}"
DATES = ("--start-date", "2021-10-19", "--end-date", "2021-10-22")
RUNS = (("season-backfill", *DATES, "--no-dry-run"), ("phase4-data-integrity", *DATES))
"""The second one looks at what the first has computed."""


@pytest.fixture(scope="module")
def loaded(simulated_warehouse, tmp_path_factory, endpoint):
    """How to run a command on a project with the first weeks of a season."""
    files = Path(simulated_warehouse).with_name("season")

    def build(folder):
        season_files(files, folder / "season", MORNING)
        return folder / "season" / "schedule.parquet"

    season_folder = once(tmp_path_factory, "season-on-bigquery", build).parent
    env = {**os.environ, "BACKCOURT_BIGQUERY_ENDPOINT": endpoint, "BACKCOURT_BIGQUERY_DATASET_PREFIX": "books_"}

    def command(*words, cwd):
        return subprocess.run(
            [sys.executable, "-m", "backcourt", *words, "--warehouse", PROJECT],
            env=env,
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
        )

    done = command("load", "season", str(season_folder), cwd=season_folder)
    assert done.returncode == 0, done.stderr
    return command


def test_runbooks_run_unchanged(loaded, tmp_path):
    """Each ends with 0, a notebook and a report, as on a file."""
    for name, *words in RUNS:
        done = loaded("runbook", "run", name, *words, cwd=tmp_path)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        assert "report: " in done.stdout
    assert len(list((tmp_path / "runbook-runs").glob("*.html"))) == len(RUNS)


def test_a_runbook_says_what_it_is_billed(loaded, tmp_path, endpoint, monkeypatch):
    """Before it runs a line per table, and afterwards what the run was billed, with its jobs."""
    del loaded
    monkeypatch.setenv("BACKCOURT_BIGQUERY_ENDPOINT", endpoint)
    monkeypatch.setenv("BACKCOURT_BIGQUERY_DATASET_PREFIX", "books_")
    monkeypatch.chdir(tmp_path)
    chosen = SeasonBackfill(
        warehouse=PROJECT, start_date="2021-10-21", end_date="2021-10-22", reprocess="all", dry_run=False
    )
    told = season.foresee(chosen)
    (costs,) = [part for part in told.parts if isinstance(part, Rows) and part.title == "would be billed"]
    assert len(costs.rows) == 11
    done = season.backfill(chosen, identity=RunIdentity("billed", datetime(2026, 1, 1, tzinfo=UTC)))
    assert any("billed: " in str(part) and " jobs" in str(part) for part in done.parts)
