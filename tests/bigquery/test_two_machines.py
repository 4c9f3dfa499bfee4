"""Two machines on one project: containers with one host name and process 1, each with a run of its own."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import emulator
import pytest
import requests
from twins import unlike as differing

from backcourt.catalog import TABLES
from backcourt.settings import Settings
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse
from once import once
from small_season import PROGRAM
from worlds import season_files

pytestmark = [pytest.mark.slow, pytest.mark.proves("locks", "emulator")]
PREFIX = "pair_"
DAYS = (
    "--start-date",
    "2021-10-19",
    "--end-date",
    "2021-10-24",
    "--table",
    "PGS",
    "--table",
    "TOGS",
    "--table",
    "TDGS",
)
INSIDE = ("unshare", "-Urupf", "--mount-proc", "--kill-child", "sh", "-c", 'hostname machine && exec "$0" "$@"')
"""A container of its own: the host name that all have, and process 1. The network is shared: the emulator listens there."""
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def inside():
    """What a command begins with to run on a machine of its own; nothing where that is not allowed."""
    allowed = (
        shutil.which("unshare") and not subprocess.run([*INSIDE, "true"], capture_output=True, check=False).returncode
    )
    return INSIDE if allowed else ()


@pytest.fixture(scope="module")
def places(tmp_path_factory, simulated_warehouse, endpoint):
    """A week of a season, loaded into a project and computed in a file: what the machines must come to."""

    def build(folder):
        season_files(
            Path(simulated_warehouse).with_name("season"), folder / "season", datetime(2021, 10, 25, 13, tzinfo=UTC)
        )
        return folder / "season" / "schedule.parquet"

    season = once(tmp_path_factory, "week-on-bigquery", build).parent
    path = tmp_path_factory.mktemp("pair") / "w.duckdb"
    for place in (path, f"bigquery://{emulator.PROJECT}"):
        assert finished(started(place, endpoint, "load", "season", season)) == (0, "")
    settings = Settings(bigquery_endpoint=endpoint, bigquery_dataset_prefix=PREFIX)
    return path, BigQueryWarehouse(emulator.PROJECT, settings)


def started(warehouse, endpoint, *words, inside=()):
    """A command that has begun."""
    env = os.environ | {
        "BACKCOURT_WAREHOUSE": str(warehouse),
        "BACKCOURT_BIGQUERY_ENDPOINT": endpoint,
        "BACKCOURT_BIGQUERY_DATASET_PREFIX": PREFIX,
    }
    return subprocess.Popen(
        [*inside, PROGRAM, *map(str, words)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(running):
    """Its status, and the line that says why if it is not 0."""
    _, said = running.communicate(timeout=300)
    lines = said.strip().splitlines()
    return running.returncode, lines[-1] if running.returncode and lines else ""


def unlike(places):
    """The tables in which the project differs from the file."""
    path, project = places
    state = {"backfill_ledger", "analytics_failures", "restatements", "registry_failures"}
    chosen = [table for table in TABLES if table.phase == "analytics" or table.name in state]
    different, _ = differing(DuckDBWarehouse(path), project, chosen)
    return different


def held(project, column="run_id"):
    """The runs that hold something, or who holds it."""
    with project.read() as session:
        return {run for (run,) in session.rows(f"SELECT DISTINCT {column} FROM nba_processing.locks")}


def test_machines_share_a_project(places, endpoint, inside):
    """Of two that want the same dates one writes them; one that dies is taken over; two with tables of their own go side by side.

    In the end no row is lost, doubled or half published: every table is what one machine alone makes of a file.
    """
    path, project = places
    place = f"bigquery://{emulator.PROJECT}"
    # One dies while it writes; nobody takes its dates before its lease has ended.
    dies = started(place, endpoint, "run", *DAYS, "--jobs", "1", inside=inside)
    while not held(project):
        assert dies.poll() is None, dies.communicate()
        time.sleep(0.2)
    if inside:
        # Host and processes are namespaces of its own: no other machine could tell it from its own process 1.
        assert all(re.match(r"process 1 on machine/\S+ ", who) for who in held(project, "holder"))
    time.sleep(3)
    dies.kill()
    dies.communicate()
    status, said = finished(started(place, endpoint, "run", *DAYS, inside=inside))
    assert (status, "has been writing" in said) == (2, True), said
    with project.write() as session:
        session.transaction(
            [Statement("UPDATE nba_processing.locks SET expires_at = @now WHERE TRUE", {"now": LONG_AGO})]
        )
    # Two at once ask for what it left.
    both = [started(place, endpoint, "run", *DAYS, inside=inside) for _ in range(2)]
    ended = sorted(finished(running) for running in both)
    assert [status for status, _ in ended] == [0, 2], ended
    assert "has been writing" in ended[1][1]
    assert finished(started(path, endpoint, "run", *DAYS)) == (0, "")
    assert held(project) == set()
    assert unlike(places) == []
    # Two with tables of their own: both change the ledger.
    again = [("run", *DAYS[:5], name, "--reprocess", "all") for name in ("TOGS", "TDGS")]
    both = [started(place, endpoint, *words, inside=inside) for words in again]
    assert [finished(running) for running in both] == [(0, "")] * 2
    for words in again:
        assert finished(started(path, endpoint, *words)) == (0, "")
    assert unlike(places) == []


@pytest.mark.proves("stopping", "emulator")
def test_a_client_killed_at_any_step_loses_nothing(places, proxy):
    """Killed while one job after the other goes out, which is carried out all the same, the same command ends as on a file."""
    path, project = places
    words = ("run", *DAYS[:4], "--phase", "3")
    place, killed = f"bigquery://{emulator.PROJECT}", []

    def then_die(call, forward):
        killed.append(call.job)
        running.kill()
        with suppress(requests.RequestException):
            # The emulator may drop a request whose sender is gone.
            return forward()

    for number in itertools.count(1, 3):
        proxy.forget()
        proxy.when("POST", r"/(jobs|queries)$", then_die, after=number)
        running = started(place, proxy.address, *words)
        status, said = finished(running)
        if status == 0:
            break
        assert status == -signal.SIGKILL, said
        time.sleep(0.5)
        with project.write() as session:
            session.transaction(
                [Statement("UPDATE nba_processing.locks SET expires_at = @now WHERE TRUE", {"now": LONG_AGO})]
            )
    steps = {job["configuration"]["labels"]["step"] for job in killed}
    assert "publish" in steps
    assert len(killed) >= 4
    assert finished(started(path, proxy.address, *words)) == (0, "")
    # A run that was killed while it gave its locks back may leave them; whoever needs them next frees them.
    with project.read() as session:
        assert session.rows("SELECT run_id FROM nba_processing.locks WHERE expires_at > @now", {"now": LONG_AGO}) == []
    assert unlike(places) == []
