"""How often a step asks the warehouse: on a project every round trip is a job, which takes seconds and costs money."""

import itertools
import shutil
from datetime import UTC, date, datetime

import pytest

from backcourt.backfill.plan import make_plan
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from trips import Trips

DECEMBER = DateRange(date(2021, 12, 1), date(2021, 12, 31))
NUMBERS = itertools.count(1)
GIB = 1024**3


@pytest.fixture
def trips(monkeypatch):
    """A counter of round trips."""
    return Trips(monkeypatch)


@pytest.fixture
def warehouse(simulated_warehouse, tmp_path):
    """A copy of the simulated warehouse that may be changed."""
    return DuckDBWarehouse(shutil.copy(simulated_warehouse, tmp_path / "w.duckdb"))


def request(span, **options):
    """A request of a run of its own."""
    identity = RunIdentity(f"run{next(NUMBERS)}", datetime(2022, 7, 1, tzinfo=UTC))
    return Request(span, registry(), identity=identity, **options)


def forget(warehouse, first):
    """Take away what was computed from a date on, with its ledger."""
    with warehouse.write() as session:
        for processor in registry():
            found = processor.table
            session._plain(f"DELETE FROM {found.full_name} WHERE {found.partition} >= DATE '{first}'")
        session._plain(f"DELETE FROM nba_processing.backfill_ledger WHERE game_date >= DATE '{first}'")


def test_thirty_dates_are_few_round_trips(warehouse, trips):
    """A plan makes 5 at most, a first run of 30 dates 40, a run that computes all of them again 45; neither costs 8 GiB."""
    forget(warehouse, DECEMBER.start)
    planned, made = trips.of(lambda: plan(warehouse, request(DECEMBER)))
    assert planned.dates == 30
    assert made <= 5
    done, made = trips.of(lambda: run(warehouse, request(DECEMBER)))
    assert done.exit_code == 0
    assert all(result.published.inserted for result in done.tables)
    assert made <= 40
    first = trips.bytes
    again, made = trips.of(lambda: run(warehouse, request(DECEMBER, reprocess=frozenset({"all"}))))
    assert again.exit_code == 0
    assert all(result.published.unchanged for result in again.tables)
    assert made <= 45
    assert max(first, trips.bytes - first) <= 8 * GIB
    with warehouse.read() as session:
        nothing, made = trips.of(lambda: make_plan(session, request(DECEMBER)))
    assert nothing.ranges == ()
    assert made <= 3


def test_a_corrected_game_is_few_round_trips(warehouse, trips):
    """What is found to be stale wave by wave costs one more for each wave."""
    with warehouse.write() as session:
        session._plain(
            "UPDATE nba_raw.nbac_gamebook_player_stats SET points = points + 1, data_hash = md5(data_hash) WHERE rowid = "
            "(SELECT MIN(rowid) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = DATE '2021-12-01' AND points > 9)"
        )
    done, made = trips.of(lambda: run(warehouse, request(DECEMBER)))
    assert sum(result.published.inserted for result in done.tables)
    assert made <= 50


@pytest.mark.slow
def test_a_season_by_month_makes_two_per_chunk(warehouse, trips):
    """Computing and judging a chunk is one, publishing it another; all else does not grow with the chunks."""
    season = DateRange(date(2021, 10, 1), date(2022, 6, 30))
    done, made = trips.of(lambda: run(warehouse, request(season, chunk="month", reprocess=frozenset({"all"}))))
    chunks = sum(result.chunks for result in done.tables)
    assert chunks >= 80
    assert made <= 2 * chunks + 60
    assert trips.bytes <= 50 * GIB
