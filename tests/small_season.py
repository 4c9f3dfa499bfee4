"""Four or eight weeks of the simulated season in a small file, and the command run in this process.

Imported by the conftest of the folders that need it.
"""

from __future__ import annotations

import shutil
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from once import once

LAST = date(2021, 11, 14)
DATES = 27
LAST_OF_EIGHT = date(2021, 12, 12)
"""Last date of the eight weeks, so that windows of 5, 10 and 15 games and 30 days end inside them."""
NOW = datetime(2021, 11, 15, 12, tzinfo=UTC)


def cut(path, target, kept=f"{{day}} <= DATE '{LAST}'"):
    """The raw rows of a warehouse whose day meets a condition, without play-by-play and without anything computed."""

    def only(schema, table, columns):
        if table == "nbac_play_by_play" or schema not in {"nba_raw", "nba_reference", "nba_processing"}:
            return None
        if (schema == "nba_processing" and table != "warehouse_meta") or table == "processor_run_history":
            return None
        day = next((name for name in ("game_date", "snapshot_date") if name in columns), None)
        return f"WHERE {kept.format(day=day)}" if day else ""

    return _copied(path, target, only)


def cut_computed(path, target):
    """Eight weeks of a computed warehouse: nothing that stands there has read what comes later."""

    def only(schema, _table, columns):
        days = [name for name in ("game_date", "analysis_date", "cache_date") if name in columns]
        return f"WHERE {days[0]} <= DATE '{LAST_OF_EIGHT}'" if days and schema != "nba_reference" else ""

    return _copied(path, target, only)


def _copied(path, target, only):
    """A warehouse with the rows of each table that meet what ``only`` says; with no row where it says None."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{path}' AS old (READ_ONLY)").fetchall()
    connection.execute(f"ATTACH '{target}' AS new").fetchall()
    connection.execute("COPY FROM DATABASE old TO new (SCHEMA)").fetchall()
    names = connection.execute(
        "SELECT schema_name, table_name, list(column_name) FROM duckdb_columns() WHERE database_name = 'old' "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for schema, table, columns in names:
        condition = only(schema, table, columns)
        if condition is not None:
            connection.execute(
                f"INSERT INTO new.{schema}.{table} SELECT * FROM old.{schema}.{table} {condition} ORDER BY rowid"
            ).fetchall()
    connection.close()
    return Path(target)


def _own(path, factory):
    """A copy for this worker: the engine lets no other process read a file that a test has open to write."""
    return Path(shutil.copy(path, factory.mktemp("small") / path.name))


@pytest.fixture(scope="session")
def raw_season(simulated_warehouse, tmp_path_factory):
    """The small file with raw tables only; read it, or copy it."""
    built = once(tmp_path_factory, "small-raw", lambda folder: cut(simulated_warehouse, folder / "raw.duckdb"))
    return _own(built, tmp_path_factory)


@pytest.fixture(scope="session")
def computed_season(raw_season, tmp_path_factory):
    """The small file with every table computed in one quiet run; read it, or copy it."""
    from backcourt.backfill.request import Request, RunIdentity
    from backcourt.backfill.run import run
    from backcourt.calendar import DateRange
    from backcourt.processors.registry import registry
    from backcourt.warehouse.duckdb import DuckDBWarehouse

    def build(folder):
        path = Path(shutil.copy(raw_season, folder / "computed.duckdb"))
        result = run(
            DuckDBWarehouse(path), Request(DateRange(date(2021, 10, 1), LAST), registry(), RunIdentity("quiet", NOW))
        )
        assert result.exit_code == 0, result.problems
        return path

    return _own(once(tmp_path_factory, "small-computed", build), tmp_path_factory)


@pytest.fixture(scope="session")
def eight_weeks(simulated_warehouse, tmp_path_factory):
    """Eight weeks of the computed season, as the run over the whole season left them; read it, or copy it."""
    built = once(
        tmp_path_factory, "eight-weeks", lambda folder: cut_computed(simulated_warehouse, folder / "eight.duckdb")
    )
    return _own(built, tmp_path_factory)


@pytest.fixture(scope="session")
def piece(computed_season, tmp_path_factory):
    """The computed season with a dozen rows of each table; read it, or copy it."""
    path = tmp_path_factory.mktemp("piece") / "piece.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"ATTACH '{computed_season}' AS old (READ_ONLY)").fetchall()
        connection.execute("COPY FROM DATABASE old TO piece (SCHEMA)").fetchall()
        for schema, table in connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'old'"
        ).fetchall():
            connection.execute(
                f"INSERT INTO {schema}.{table} SELECT * FROM old.{schema}.{table} ORDER BY rowid DESC LIMIT 12"
            ).fetchall()
    return path


@pytest.fixture
def raw(raw_season, tmp_path):
    """A copy with raw tables only, to write to."""
    return Path(shutil.copy(raw_season, tmp_path / "w.duckdb"))


@pytest.fixture
def computed(computed_season, tmp_path):
    """A copy with every table computed, to write to."""
    return Path(shutil.copy(computed_season, tmp_path / "w.duckdb"))


def checksums(path):
    """For every table its rows and a checksum over all their values."""
    connection = duckdb.connect(str(path), read_only=True)
    names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
    found = {
        f"{schema}.{table}": connection.execute(f"SELECT count(*), sum(hash(t)) FROM {schema}.{table} AS t").fetchall()
        for schema, table in names
    }
    connection.close()
    return found


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def line(self):
        """The one line of an error."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert self.out == ""
        return lines[0]


@pytest.fixture
def command(capsys, monkeypatch, tmp_path):
    """Run `backcourt` with arguments as its entry point does, in an empty folder; signals are as before afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("BACKCOURT_PATIENCE", "0.5")

    def run(*arguments):
        from backcourt.cli.app import main

        kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        monkeypatch.setattr(sys, "argv", ["backcourt", *map(str, arguments)])
        capsys.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
        out, err = capsys.readouterr()
        return Done(ended.value.code, out, err)

    return run


PROGRAM = str(Path(sys.executable).parent / "backcourt")
"""The command as a program, for tests that need a process of its own."""
