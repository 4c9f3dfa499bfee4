"""A small league in a file and in a project: loaded, computed, corrected and held back, every table is the same.

Two dates, the four files that a season cannot be without, and one computed table: before the emulator a command costs
the translation of its statements, whatever the number of rows. All of it would take two minutes: the slow tests have the
rest.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import emulator
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from twins import fill, unlike

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import select
from backcourt.settings import Settings
from backcourt.sources.season.load import load_season
from backcourt.warehouse.bigquery import BigQueryWarehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse
from worlds import season_files

pytestmark = pytest.mark.proves("season", "emulator")
REQUIRED = {"schedule", "team_boxscores", "player_boxscores", "shots"}
SPAN = DateRange(date(2021, 10, 19), date(2021, 10, 20))
NOW = datetime(2021, 10, 21, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def season(simulated_warehouse, tmp_path_factory):
    """The files of two dates: as they came first, and later with one game corrected and one that adds up to nothing."""
    first, later = (tmp_path_factory.mktemp("small") / name for name in ("first", "later"))
    whole = Path(simulated_warehouse).with_name("season")
    for folder in (first, later):
        season_files(whole, folder, datetime(2021, 10, 21, 13, tzinfo=UTC))
        for path in folder.iterdir():
            if path.stem not in REQUIRED:
                path.unlink()
    path = later / "team_boxscores.parquet"
    lines = pq.read_table(path)
    games = sorted(set(lines["game_id"].to_pylist()))
    for column, game in (("pf", games[0]), ("pts", games[-1])):
        more = pc.add(lines[column], pc.cast(pc.equal(lines["game_id"], game), pa.int64()))
        lines = lines.set_column(lines.column_names.index(column), column, more.cast(lines[column].type))
    pq.write_table(lines, path)
    return first, later


def test_every_table_is_the_same(season, endpoint, tmp_path):
    """A correction loaded and computed: rows, hashes, failures, ledger, restatements and quarantine, whoever wrote them."""
    settings = Settings(bigquery_endpoint=endpoint, bigquery_dataset_prefix="small_")
    file, project = DuckDBWarehouse(tmp_path / "w.duckdb"), BigQueryWarehouse(emulator.PROJECT, settings)
    first, later = season
    assert follow(file, first, 1) == (0, [(24, 0)])
    fill(project, file)
    assert [follow(warehouse, later, 2) for warehouse in (file, project)] == [(1, [(2, 2)])] * 2
    different, filled = unlike(file, project)
    assert different == []
    assert filled >= {"team_offense_game_summary", "backfill_ledger", "quarantine", "restatements", "player_aliases"}


def follow(warehouse, folder, number):
    """Load a folder and compute what is due: the status of the load, and how many rows came and went."""
    only = ["nbac_schedule", "nbac_team_boxscore"]
    loaded = load_season(warehouse, folder, now=NOW, run_id=f"load{number}", only=only)
    done = run(warehouse, Request(SPAN, select(tables=("TOGS",)), RunIdentity(f"run{number}", NOW)))
    return loaded.exit_code, [(one.published.inserted, one.published.removed) for one in done.tables]
