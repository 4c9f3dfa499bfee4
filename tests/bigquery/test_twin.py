"""The whole product on a project: every table, hash, failure and entry of the ledger as in a file."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import emulator
import proxy as proxies
import pytest
from twins import unlike

from backcourt.settings import Settings
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse
from once import once
from small_season import PROGRAM
from worlds import season_files

pytestmark = [pytest.mark.slow, pytest.mark.proves("season", "emulator")]
MORNING = datetime(2021, 11, 6, 13, tzinfo=UTC)
SPAN = ("--start-date", "2021-10-19", "--end-date", "2021-11-06")


@pytest.fixture(scope="module")
def season(simulated_warehouse, tmp_path_factory):
    """The files of the first weeks of a simulated season, with tonight's games to come."""
    files = Path(simulated_warehouse).with_name("season")

    def build(folder):
        season_files(files, folder / "season", MORNING)
        return folder / "season" / "schedule.parquet"

    return once(tmp_path_factory, "season-on-bigquery", build).parent


@pytest.fixture(scope="module")
def sent():
    """What the commands sent to the project: a proxy that has counted, by command."""
    return {}


@pytest.fixture(scope="module")
def places(tmp_path_factory, endpoint, sent, season):
    """The same season loaded and computed in a file and in a project: how to run a command there, and the warehouse."""
    folder = tmp_path_factory.mktemp("twin")
    settings = Settings(bigquery_endpoint=endpoint, bigquery_dataset_prefix="twin_")
    found = {
        "file": (folder / "w.duckdb", DuckDBWarehouse(folder / "w.duckdb")),
        "project": (f"bigquery://{emulator.PROJECT}", BigQueryWarehouse(emulator.PROJECT, settings)),
    }
    for name, _ in found.values():
        for words in (("load", "season", season), ("run", *SPAN)):
            with proxies.before(endpoint) as proxy:
                command(name, proxy.address, *words)
            if str(name).startswith("bigquery"):
                sent[words[0]] = proxy
    return found


def command(warehouse, endpoint, *words, codes=(0,)):
    """What a command prints, in a process of its own."""
    import os

    env = os.environ | {
        "BACKCOURT_WAREHOUSE": str(warehouse),
        "BACKCOURT_BIGQUERY_ENDPOINT": endpoint,
        "BACKCOURT_BIGQUERY_DATASET_PREFIX": "twin_",
    }
    done = subprocess.run([PROGRAM, *map(str, words)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode in codes, (words, done.stdout[-800:], done.stderr[-800:])
    return done.stdout


def different(places):
    """The tables in which the two differ, and those that have rows."""
    (_, file), (_, project) = places["file"], places["project"]
    return unlike(file, project)


def test_every_table_is_the_same(places):
    """Loaded and computed, every row of every table is the same in a project as in a file, hashes included."""
    odd, filled = different(places)
    assert odd == []
    assert {"ml_feature_store_v2", "backfill_ledger", "precompute_failures", "name_decisions"} <= filled


@pytest.mark.parametrize("name", ["load", "run"])
@pytest.mark.usefixtures("places")
def test_every_job_is_ours(sent, name):
    """Each has an id that says its run and what it does, every label, a limit of time, and is sent once; no row is streamed."""
    jobs = sent[name].jobs
    assert len({job.job_id for job in jobs}) == len(jobs)
    assert [job for job in jobs if not re.fullmatch(r"backcourt(_[A-Za-z0-9-]+){5}_1", job.job_id)] == []
    assert {tuple(sorted(job.labels)) for job in jobs} == {("app", "mode", "run", "step", "table", "version")}
    assert len({job.labels["run"] for job in jobs} - {"any"}) <= 2
    assert [job for job in jobs if "jobTimeoutMs" not in job.configuration] == []
    assert {job.labels["step"] for job in jobs} <= {
        "ask",
        "stage",
        "publish",
        "load",
        "plan",
        "check",
        "agree",
        "renew",
    }
    assert [path for _, path in sent[name].calls if "insertAll" in path] == []
    assert {job.kind for job in jobs} == ({"query", "load"} if name == "load" else {"query"})


@pytest.mark.usefixtures("places")
def test_jobs_and_calls_are_few(sent):
    """Loading three weeks of a season, and computing them: jobs, and calls of the service in all."""
    counted = {name: (len(proxy.jobs), len(proxy.calls)) for name, proxy in sent.items()}
    most = {"load": (120, 400), "run": (60, 250)}
    assert {
        name for name, (jobs, calls) in counted.items() if jobs > most[name][0] or calls > most[name][1]
    } == set(), counted


@pytest.mark.parametrize("name", ["file", "project"])
def test_the_second_time_nothing_is_due(places, endpoint, name):
    """The plan is empty, the validators find nothing, and the state is as it was left."""
    place, _ = places[name]
    assert json.loads(command(place, endpoint, "plan", *SPAN, "--json"))["ranges"] == []
    assert json.loads(command(place, endpoint, "validate", "range", *SPAN, "--json"))["exit_code"] == 0
    assert json.loads(command(place, endpoint, "status", "--json"))["failed"] == []
    assert command(place, endpoint, "gaps", *SPAN).count("0 gaps")


def test_a_corrected_game_is_followed_alike(places, endpoint, season, tmp_path):
    """A restated box score is loaded, and what depends on it is computed again: the same rows in both."""
    import shutil

    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    corrected = tmp_path / "season"
    shutil.copytree(season, corrected)
    for stem in ("player_boxscores", "player_boxscores_v3"):
        path = corrected / f"{stem}.parquet"
        lines = pq.read_table(path)
        column = "plus_minus" if "plus_minus" in lines.column_names else "plus_minus_points"
        first = pc.equal(lines["game_id"], pc.min(lines["game_id"]))
        more = pc.if_else(first, pc.add(lines[column], 1), lines[column]).cast(lines[column].type)
        pq.write_table(lines.set_column(lines.column_names.index(column), column, more), path)
    for place, _ in places.values():
        command(place, endpoint, "load", "season", corrected, codes=(0, 1))
        command(place, endpoint, "run", *SPAN)
    assert different(places)[0] == []
