"""The files in which people have the first games of 2021-22, and what of them must be the same as in a season's folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.sources.landing import Landing
from backcourt.sources.layouts.take import Imported, import_files
from backcourt.warehouse.duckdb import DuckDBWarehouse

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEAM_LOG, PLAYER_LOG = "team_logs_2021-22.csv", "player_logs_2021-22.csv"
SHOTS, EVENTS = "shotdetail_2021.tar.xz", "nbastats_2021.tar.xz"
FILES = (PLAYER_LOG, TEAM_LOG, SHOTS, EVENTS)
LAST = date(2021, 10, 30)
"""Last date of the games in the files."""
SPAN = DateRange(date(2021, 10, 1), date(2021, 11, 15))
LACKING = {
    "nba_raw.nbac_schedule": {"starter_ids": "no layout lists the starters", "data_hash": "of the row with starters"},
    "nba_analytics.player_game_summary": {
        "starter_flag": "without a list, play-by-play shows five starters in most games, not in all",
        "data_hash": "of the row with the flag",
    },
}
"""Columns that the four layouts do not have, by table, with the reason."""


def shared_folder(name: str) -> Path:
    """A folder of real data; without it the test is skipped, but never under CI."""
    folder = SHARED / name
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing under CI")
        pytest.skip(f"the real data are not at {folder}")
    return folder


def imported(folder: Path, files: Iterable[Path], **options: object) -> Imported:
    """What the import of files did, into the warehouse and the landing zone of a folder."""
    return import_files(
        DuckDBWarehouse(folder / "w.duckdb"),
        Landing(str(folder / "landing")),
        list(files),
        now=NOW,
        run_id="import",
        **options,
    )


def cut_folder(source: Path, folder: Path, stems: Iterable[str]) -> Path:
    """The same games in the shape of a season's folder."""
    folder.mkdir()
    games = f"SELECT game_id FROM '{source}/schedule.parquet' WHERE game_date <= DATE '{LAST}'"
    with duckdb.connect() as connection:
        for stem in stems:
            connection.execute(
                f"COPY (SELECT * FROM '{source}/{stem}.parquet' WHERE game_id IN ({games})) TO '{folder}/{stem}.parquet'"
            ).fetchall()
    return folder


def computed(path: Path) -> Path:
    """The warehouse with everything computed."""
    found = run(DuckDBWarehouse(path), Request(SPAN, registry(), RunIdentity("run", NOW)))
    assert found.problems == ()
    return path


def digests(path: Path, schemas: Iterable[str], left_out: Iterable[str] = ()) -> dict[str, object]:
    """For every table of some datasets its rows and a checksum of each column: what two warehouses must share."""
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE list_contains($1, schema_name) AND column_name <> 'processed_at' ORDER BY ALL",
            [list(schemas)],
        ).fetchall()
        tables: dict[str, list[str]] = {}
        for schema, table, column in columns:
            if f"{schema}.{table}" not in left_out:
                tables.setdefault(f"{schema}.{table}", []).append(column)
        found: dict[str, object] = {}
        for table, names in tables.items():
            kept = [name for name in names if name not in LACKING.get(table, {})]
            # Of all columns together: two rows that have exchanged a value are other rows.
            sums = ", ".join(f'SUM(hash("{name}")::HUGEINT)' for name in kept)
            row = ", ".join(f'"{name}"' for name in kept)
            found[table] = connection.execute(
                f"SELECT COUNT(*), SUM(hash(({row}))::HUGEINT), {sums} FROM {table}"
            ).fetchall()
        return found


def copy_of(path: Path, folder: Path) -> Path:
    """A warehouse of its own."""
    return Path(shutil.copy(path, folder / "w.duckdb"))
