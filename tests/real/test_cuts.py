"""The real seasons come out the same however a season is cut: in one go, by month, by day, and in daily mode.

BACKCOURT_TRIALS makes it all four seasons, and as many of the last dates of each day by day; without it the first
months of one season and their last two dates are tried, with the rest of the season behind them.
"""

import os
import shutil
from datetime import date

import pytest

from backcourt.calendar import DateRange
from cuts import compute_by_day, compute_by_month, digests, forget, played
from worlds import trials

pytestmark = pytest.mark.slow
YEARS = (2021, 2022, 2023, 2024) if "BACKCOURT_TRIALS" in os.environ else (2024,)
LAST = date(2025, 12, 31) if "BACKCOURT_TRIALS" in os.environ else date(2024, 12, 31)
"""No date after it is computed again."""
LAST_DATES = trials(2)
"""Dates at the end of a season that are computed one by one."""


@pytest.mark.parametrize("year", YEARS)
def test_however_a_season_is_cut_it_has_the_same_bytes(four_seasons, tmp_path, year):
    """Month after month, and the last dates one by one in either mode, give rows, failures and ledger of one go."""
    path = shutil.copy(four_seasons, tmp_path / "w.duckdb")
    expected, dates = digests(path), [day for day in played(path, year) if day <= LAST]
    last = dates[-LAST_DATES:]
    forget(path, DateRange(dates[0], dates[-1]))
    assert digests(path) != expected
    compute_by_month(path, dates)
    assert digests(path) == expected
    for mode in ("backfill", "daily"):
        forget(path, DateRange(last[0], last[-1]))
        compute_by_day(path, last, mode)
        assert digests(path) == expected
