"""A season computed in pieces: taken out, computed again by month or date by date, and compared with the whole."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.mode import POLICIES
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from state import contents, query


def compute(path, span, mode="backfill", now=None, **options):
    """A run over a range that must end well."""
    result = run(
        DuckDBWarehouse(path),
        Request(
            span,
            registry(),
            RunIdentity("long", now or datetime(2030, 1, 1, tzinfo=UTC)),
            policy=POLICIES[mode],
            **options,
        ),
    )
    assert result.problems == ()


def compute_by_month(path, dates):
    """A run of its own for every month that has one of the dates."""
    for year, month in dict.fromkeys((day.year, day.month) for day in dates):
        first = datetime(year, month, 1, tzinfo=UTC).date()
        following = (first + timedelta(days=32)).replace(day=1)
        compute(path, DateRange(first, following - timedelta(days=1)), chunk="month")


def compute_by_day(path, dates, mode):
    """A run of its own for every date, on the day after it."""
    for day in dates:
        compute(path, DateRange(day, day), mode, datetime.combine(day, time(18), UTC) + timedelta(days=1))


def played(path, year):
    """The dates of a season that have final games, in order."""
    rows = query(
        path,
        "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE game_status = 3 AND season_year = ? ORDER BY 1",
        year,
        read_only=True,
    )
    return [row[0] for row in rows]


def forget(path, span):
    """Take out everything that was computed of the dates of a range."""
    within = (span.start, span.end)
    for processor in registry():
        table, day = processor.table.full_name, processor.table.partition
        query(path, f"DELETE FROM {table} WHERE {day} BETWEEN ? AND ?", *within)
        assert query(path, f"SELECT count(*) FROM {table} WHERE {day} BETWEEN ? AND ?", *within) == [(0,)]
    query(path, "DELETE FROM nba_processing.backfill_ledger WHERE game_date BETWEEN ? AND ?", *within)
    for table in ("analytics_failures", "precompute_failures"):
        query(path, f"DELETE FROM nba_processing.{table} WHERE analysis_date BETWEEN ? AND ?", *within)


def without_mode(path):
    """What a warehouse holds, the mode of the ledger's entries left out."""
    found = contents(path)
    found["ledger"] = [(*row[:4], *row[5:]) for row in found["ledger"]]
    return found


def digests(path):
    """The same of a large warehouse, values of computed rows included: for every table its rows and a checksum."""
    left_out = {
        "nba_processing.backfill_ledger": "run_id, attempt, started_at, finished_at, mode",
        "nba_processing.analytics_failures": "run_id, created_at",
        "nba_processing.precompute_failures": "run_id, created_at",
        **{processor.table.full_name: "processed_at" for processor in registry()},
    }
    return {
        name: query(
            path,
            f"SELECT count(*), sum(hash(t)::HUGEINT) FROM (SELECT * EXCLUDE ({columns}) FROM {name}) AS t",
            read_only=True,
        )
        for name, columns in left_out.items()
    }
