"""Seasons longer than usual: 2019-20 lasted 355 days, 2020-21 ended in July. How a range is cut changes no byte."""

import os
import shutil
from datetime import date

import pytest

from backcourt.backfill.request import Request
from backcourt.backfill.run import plan
from backcourt.calendar import DateRange
from backcourt.integrity.validation import everything
from backcourt.processors.registry import registry
from backcourt.simulate import write_season
from backcourt.sources.season.load import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse
from cuts import compute, compute_by_day, compute_by_month, forget, played, without_mode
from once import once
from reference.build import NOW, build_warehouse
from small_season import cut
from state import contents, forget_everything

pytestmark = pytest.mark.slow
LAST_DATES = 200 if "BACKCOURT_TRIALS" in os.environ else 3
"""Dates at the end of the season that are computed one by one."""


LONG = {"2019-20": (date(2019, 12, 1), date(2020, 7, 30)), "2020-21": (date(2021, 1, 31), date(2021, 6, 1))}
"""Seasons, and between which dates their games are taken out: what is left begins and ends when the season did."""


def _simulated(folder, season):
    """A whole simulated season, loaded and computed."""
    path, year = folder / "warehouse.duckdb", int(season[:4])
    write_season(folder / "season", season=season, seed=year)
    build_warehouse(path, [folder / "season"], (date(year, 7, 1), date(year + 1, 12, 31)))
    return path


def _loaded(folder, season):
    """A whole simulated season, loaded."""
    path, year = folder / "loaded.duckdb", int(season[:4])
    write_season(folder / "season", season=season, seed=year)
    summary = load_season(DuckDBWarehouse(path), folder / "season", now=NOW, run_id="load")
    assert summary.exit_code == 0, summary
    return path


def _long(folder, season, path):
    """The first and the last weeks of a season, computed in one go."""
    first, last = LONG[season]
    found = cut(path, folder / "warehouse.duckdb", f"({{day}} <= DATE '{first}' OR {{day}} >= DATE '{last}')")
    year = int(season[:4])
    compute(found, DateRange(date(year, 7, 1), date(year + 1, 12, 31)))
    return found


@pytest.fixture(scope="module", params=LONG)
def whole(request, tmp_path_factory):
    """A long season that was computed in one go, and its dates."""
    season = request.param
    if season == "2019-20":  # the reference is compared with the whole of it
        path = once(tmp_path_factory, f"simulated-{season}", lambda folder: _simulated(folder, season))
    else:
        path = once(tmp_path_factory, f"loaded-{season}", lambda folder: _loaded(folder, season))
    path = once(tmp_path_factory, f"long-{season}", lambda folder: _long(folder, season, path))
    return path, played(path, int(season[:4]))


def test_the_whole_is_good_and_needs_nothing(whole):
    """A long season computed in one go leaves nothing to do and no finding, from opening day to the last final."""
    path, dates = whole
    span = DateRange(dates[0], dates[-1])
    assert (dates[-1] - dates[0]).days > 200
    assert plan(DuckDBWarehouse(path), Request(span, registry())).ranges == ()
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
