"""The four known incidents: each is found as what it is, where it is, and repaired to what never had it."""

import shutil
from datetime import UTC, datetime

import incidents
import pytest
from incidents import day, game_dates

from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.recovery import apply, recovery
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import LAST_OF_EIGHT
from state import contents, stored

SEASON = DateRange(day("2021-10-19"), LAST_OF_EIGHT)
IDENTITY = RunIdentity("repair", datetime(2025, 7, 1, tzinfo=UTC))
TDGS = "nba_analytics.team_defense_game_summary"
TDZA = "nba_precompute.team_defense_zone_analysis"
PCF = "nba_precompute.player_composite_factors"
MLFS = "nba_predictions.ml_feature_store_v2"


@pytest.fixture
def path(eight_weeks, tmp_path):
    """A copy of eight weeks that may be changed."""
    return shutil.copy(eight_weeks, tmp_path / "w.duckdb")


def found_in(path, span=SEASON):
    """The gaps of a warehouse."""
    with DuckDBWarehouse(path).read() as session:
        return find_gaps(session, span)


def roots(found):
    """Kind, table and dates of the gaps that go back to no other."""
    return {(gap.kind, gap.table, gap.days) for gap in found.roots}


def cascades(found):
    """Tables that stand on a gap."""
    return {gap.table for gap in found.gaps if gap.kind == "cascade"}


def repair(path, found):
    """Carry the recovery out."""
    stages = []
    apply(DuckDBWarehouse(path), recovery(found), IDENTITY, told=stages.append)
    return stages


def same(path, other):
    """The warehouse holds what the other one holds: rows, failures, ledger."""
    assert stored(path) == stored(other)
    assert contents(path) == contents(other)
    assert found_in(path).gaps == ()


def test_an_intact_season_has_no_gap(path):
    """Nothing is found where nothing is wrong."""
    found = found_in(path)
    assert (found.gaps, found.exit_code) == ((), 0)


@pytest.mark.slow
def test_missing_zones(path, eight_weeks):
    """(a) null_field in TDGS on the exact dates, cascades in TDZA, PCF and MLFS; repaired to the last value."""
    bad = game_dates(path, day("2021-11-15"), day("2021-11-17"))
    incidents.zones_missing(path, bad, day("2021-12-05"))
    found = found_in(path)
    assert roots(found) == {("null_field", TDGS, tuple(bad))}
    assert cascades(found) == {TDZA, PCF, MLFS}
    assert found.exit_code == 2
    repair(path, found)
    same(path, eight_weeks)


@pytest.mark.slow
def test_an_absent_date(path, eight_weeks):
    """(b) missing_date in TDZA on that date, cascades in PCF and MLFS on it alone."""
    gone = day("2021-12-04")
    incidents.date_absent(path, gone)
    found = found_in(path)
    assert roots(found) == {("missing_date", TDZA, (gone,))}
    assert {gap.table: gap.days for gap in found.gaps if gap.kind == "cascade"} == {PCF: (gone,), MLFS: (gone,)}
    repair(path, found)
    same(path, eight_weeks)


@pytest.mark.slow
def test_a_box_score_loaded_twice(path, eight_weeks):
    """(c) partial_data in the raw table on that date, and everything computed from it."""
    twice = day("2021-11-20")
    incidents.loaded_twice(path, twice, day("2021-12-05"))
    found = found_in(path)
    assert roots(found) == {("partial_data", "nba_raw.nbac_team_boxscore", (twice,))}
    stages = repair(path, found)
    assert stages[0] == "deduplicate nba_raw.nbac_team_boxscore on 2021-11-20"
    same(path, eight_weeks)


@pytest.mark.slow
def test_vanished_players(path, eight_weeks):
    """(d) partial_data in PGS on the exact dates, and everything that reads a player's games after them."""
    bad = game_dates(path, day("2021-11-09"), day("2021-11-12"))
    incidents.players_vanished(path, bad[0], bad[-1], day("2021-12-05"))
    found = found_in(path)
    assert roots(found) == {("partial_data", "nba_analytics.player_game_summary", tuple(bad))}
    repair(path, found)
    same(path, eight_weeks)
