"""Seasons longer than usual: 2019-20 lasted 355 days, 2020-21 ended in July. How a range is cut changes no byte."""

import os
import shutil
from datetime import UTC, date, datetime, time, timedelta

import pytest

from backcourt.backfill.options import Options
from backcourt.backfill.plan import Request
from backcourt.backfill.run import plan, run
from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.integrity.validation import everything
from backcourt.mode import POLICIES
from backcourt.processors.registry import registry
from backcourt.simulate import write_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from once import once
from reference.build import build_warehouse
from state import COMPUTED, contents, forget_everything, query

pytestmark = pytest.mark.slow
NAMES = tuple(processor.name for processor in registry())
LAST_DATES = 200 if "BACKCOURT_TRIALS" in os.environ else 6
"""Dates at the end of the season that are computed one by one."""


def _season(folder, season):
    path, year = folder / "warehouse.duckdb", int(season[:4])
    write_season(folder / "season", season=season, seed=year)
    build_warehouse(path, [folder / "season"], (date(year, 7, 1), date(year + 1, 12, 31)))
    return path


@pytest.fixture(scope="module", params=["2019-20", "2020-21"])
def whole(request, tmp_path_factory):
    """A whole season that was computed in one go, and its dates."""
    season = request.param
    name = f"simulated-{season}" if season == "2019-20" else f"long-{season}"
    path = once(tmp_path_factory, name, lambda folder: _season(folder, season))
    rows = query(
        path, "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE game_status = 3 ORDER BY 1", read_only=True
    )
    return path, [row[0] for row in rows]


def compute(path, span, mode="backfill", now=None, **options):
    """A run over a range that must end well."""
    stamp = Stamp("long", now or datetime(2030, 1, 1, tzinfo=UTC), POLICIES[mode])
    result = run(DuckDBWarehouse(path), span, registry(), stamp, options=Options(**options))
    assert result.problems == ()


def without_mode(path):
    """What a warehouse holds, the mode of the ledger's entries left out."""
    found = contents(path)
    found["ledger"] = [(*row[:4], *row[5:]) for row in found["ledger"]]
    return found


def forget(path, first):
    """Take out everything that was computed from a date on."""
    for processor in registry():
        query(path, f"DELETE FROM {processor.table.full_name} WHERE {processor.table.partition} >= ?", first)
    query(path, "DELETE FROM nba_processing.backfill_ledger WHERE game_date >= ?", first)
    for table in ("analytics_failures", "precompute_failures"):
        query(path, f"DELETE FROM nba_processing.{table} WHERE analysis_date >= ?", first)


def test_the_whole_is_good_and_needs_nothing(whole):
    """A long season computed in one go leaves nothing to do and no finding, from opening day to the last final."""
    path, dates = whole
    span = DateRange(dates[0], dates[-1])
    assert (dates[-1] - dates[0]).days > 200
    assert plan(DuckDBWarehouse(path), Request(span, NAMES)).ranges == ()
    with DuckDBWarehouse(path).read() as session:
        found, _ = everything(session, span)
    assert found.exit_code == 0, found


def test_by_month_the_same_bytes(whole, tmp_path):
    """Month after month, each a run of its own, gives the bytes of one go."""
    path, dates = whole
    copy = shutil.copy(path, tmp_path / "w.duckdb")
    forget_everything(copy)
    first = dates[0].replace(day=1)
    while first <= dates[-1]:
        following = (first + timedelta(days=32)).replace(day=1)
        if any(first <= day < following for day in dates):
            compute(copy, DateRange(first, following - timedelta(days=1)), chunk="month")
        first = following
    assert contents(copy) == contents(path)


@pytest.mark.parametrize("mode", ["backfill", "daily"])
def test_the_last_dates_one_by_one_the_same_bytes(whole, tmp_path, mode):
    """Computed date by date, the last of the season come out as in one go, in both modes."""
    path, dates = whole
    copy = shutil.copy(path, tmp_path / "w.duckdb")
    forget(copy, dates[-LAST_DATES:][0])
    assert query(copy, f"SELECT count(*) FROM {COMPUTED[1]}.player_daily_cache WHERE cache_date = ?", dates[-1]) == [
        (0,)
    ]
    for day in dates[-LAST_DATES:]:
        now = datetime.combine(day, time(18), UTC) + timedelta(days=1)
        compute(copy, DateRange(day, day), mode, now)
    assert without_mode(copy) == without_mode(path)
