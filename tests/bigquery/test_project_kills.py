"""Every kind of command that writes to a project, killed with its job left running: run again, it ends as on a file.

BACKCOURT_TRIALS sets how many trials there are, two without it, BACKCOURT_SEED which commands they begin with and when they
are killed, and BACKCOURT_KILLS how often each is killed at most.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import emulator
import pytest
from twins import OF_THE_WAY, fill, unlike

from backcourt.catalog import TABLES
from backcourt.exchange.extents import HISTORY, LOCAL
from backcourt.settings import Settings
from backcourt.warehouse.base import Statement
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse
from forked import Forks
from once import once
from worlds import World, build, kills_each, trials
from writers import SCENARIOS, Scenario, begin

pytestmark = [pytest.mark.slow, pytest.mark.proves("stopping", "emulator")]
PROJECT = f"bigquery://{emulator.PROJECT}"
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
SEED = int(os.environ.get("BACKCOURT_SEED", "0"))
JOBS = {
    "run": 35,
    "load season": 100,
    "recover": 60,
    "names accept": 12,
    "quarantine retry": 40,
    "withdraw": 10,
    "warehouse copy": 40,
    "load season again": 80,
    "names reprocess": 60,
}
"""The commands, and about how many jobs each sends: it is killed while one of them goes out."""
COPY = Scenario("warehouse copy", "", lambda world, _: ("warehouse", "copy", world.folder / "done.duckdb", PROJECT))
COMMANDS = {scenario.name: scenario for scenario in (*SCENARIOS, COPY)}


def chosen(count):
    """So many commands, from the seed's on, with what decides when each is killed."""
    rounds = itertools.islice(itertools.cycle(JOBS), SEED % len(JOBS), None)
    return [(SEED + number, COMMANDS[name]) for number, name in zip(range(count), rounds, strict=False)]


@pytest.fixture(scope="module")
def world(simulated_warehouse, tmp_path_factory):
    """Every beginning, and what runs commands."""
    season = Path(simulated_warehouse).with_name("season")
    with Forks(tmp_path_factory.mktemp("forks")) as client:
        yield World(client, once(tmp_path_factory, "world", lambda folder: build(season, folder)).parent)


def command(world, folder, words, scenario, proxy, prefix, disturbance=""):
    """A command on the project."""
    env = {"BACKCOURT_BIGQUERY_ENDPOINT": proxy.address, "BACKCOURT_BIGQUERY_DATASET_PREFIX": prefix}
    place = () if scenario is COPY else ("--warehouse", PROJECT)
    return world.forks.run([*words, *place], cwd=folder, now=scenario.now, env=env, disturbance=disturbance)


def let_go(project):
    """Let the leases of a dead run end."""
    sql = "UPDATE nba_processing.locks SET expires_at = @then WHERE TRUE"
    with project.write([table for table in TABLES if table.name == "locks"]) as session:
        session.transaction([Statement(sql, {"then": LONG_AGO})])


@pytest.mark.parametrize(("seed", "scenario"), chosen(trials(2)), ids=lambda value: getattr(value, "name", value))
def test_killed_and_run_again(world, proxy, tmp_path, seed, scenario):
    """Killed while a job goes out, which is carried out all the same, the command run again leaves what a quiet one does."""
    chance, prefix = random.Random(seed), f"kill{seed}_{os.getpid()}_"
    folder = tmp_path / "trial"
    path = begin(world, scenario, folder)
    words = scenario.words(world, folder)
    project = BigQueryWarehouse(
        emulator.PROJECT, Settings(bigquery_endpoint=proxy.upstream, bigquery_dataset_prefix=prefix)
    )
    if scenario.beginning:
        fill(project, DuckDBWarehouse(path))
    twin = folder.with_name("twin")
    shutil.copytree(folder, twin)
    quiet = ()
    if scenario is not COPY:
        ended = world.command(twin / "w.duckdb", *scenario.words(world, twin), now=scenario.now)
        assert set(ended.codes) <= {0, 1}, ended.err
        quiet = ended.codes
    story = []
    for _ in range(chance.randint(1, kills_each(2))):
        when = f"job:{chance.randint(1, JOBS[scenario.name])}:{chance.choice([0, 5, 50, 300])}"
        ended = command(world, folder, words, scenario, proxy, prefix, when)
        story.append((when, "killed" if ended.killed else ended.codes))
        let_go(project)
    last = command(world, folder, words, scenario, proxy, prefix)
    told = f"{scenario.name} {story}: {last.codes} {last.err[-600:]}"
    print(told)  # noqa: T201 - what a run by hand reports
    assert last.codes in {quiet, (0,)}, told
    file = DuckDBWarehouse(world.folder / "done.duckdb" if scenario is COPY else twin / "w.duckdb")
    different, filled = unlike(file, project, COPIED if scenario is COPY else TABLES, OF_THE_WAY)
    assert filled
    assert different == [], told


COPIED = [table for table in TABLES if table.full_name not in {*LOCAL, *HISTORY}]
