"""How many jobs four real seasons by month would be on a project."""

import shutil
from datetime import UTC, date, datetime

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from trips import Trips

pytestmark = pytest.mark.slow
SPAN = DateRange(date(2021, 10, 1), date(2025, 6, 30))
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def test_four_seasons_by_month_make_two_per_chunk(four_seasons, tmp_path, monkeypatch):
    """Computing and judging a chunk is one, publishing it another; all else does not grow with seasons or chunks."""
    warehouse, trips = DuckDBWarehouse(shutil.copy(four_seasons, tmp_path / "w.duckdb")), Trips(monkeypatch)
    request = Request(SPAN, registry(), RunIdentity("again", LATER), reprocess=frozenset({"all"}), chunk="month")
    done, made = trips.of(lambda: run(warehouse, request))
    chunks = sum(result.chunks for result in done.tables)
    assert done.exit_code == 0
    assert chunks >= 250
    assert made <= 2 * chunks + 60, (made, chunks)
    assert trips.bytes <= 160 * 1024**3
