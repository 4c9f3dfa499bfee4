"""Seasons longer than usual: 2019-20 lasted 355 days, 2020-21 ended in July. How a range is cut changes no byte."""

import os
import shutil
from datetime import date

import pytest

from backcourt.backfill.plan import Request
from backcourt.backfill.run import plan
from backcourt.calendar import DateRange
from backcourt.integrity.validation import everything
from backcourt.processors.registry import registry
from backcourt.simulate import write_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from cuts import compute_by_day, compute_by_month, forget, played, without_mode
from once import once
from reference.build import build_warehouse
from state import contents, forget_everything

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
    return path, played(path, int(season[:4]))


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
    compute_by_month(copy, dates)
    assert contents(copy) == contents(path)


@pytest.mark.parametrize("mode", ["backfill", "daily"])
def test_the_last_dates_one_by_one_the_same_bytes(whole, tmp_path, mode):
    """Computed date by date, the last of the season come out as in one go, in both modes."""
    path, dates = whole
    copy = shutil.copy(path, tmp_path / "w.duckdb")
    last = dates[-LAST_DATES:]
    forget(copy, DateRange(last[0], last[-1]))
    compute_by_day(copy, last, mode)
    assert without_mode(copy) == without_mode(path)
