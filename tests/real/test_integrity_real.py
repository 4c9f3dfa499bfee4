"""The known incidents in weeks of a real season, and the clean bill of all four: what is found, repaired, and left alone."""

import json
import shutil
from datetime import UTC, date, datetime

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.recovery import apply, recovery
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from integrity import incidents
from integrity.incidents import day, game_dates
from real_seasons import summaries
from small_season import LAST_OF_EIGHT, command, cut
from state import contents, query, stored

__all__ = ["command"]

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SEASON = DateRange(date(2021, 10, 1), LAST_OF_EIGHT)
ALL = ("--start-date", "2021-10-01", "--end-date", "2025-06-30")
BOX = "nba_raw.nbac_team_boxscore"
PGS = "nba_analytics.player_game_summary"
TDGS = "nba_analytics.team_defense_game_summary"
TOGS = "nba_analytics.team_offense_game_summary"
TDZA = "nba_precompute.team_defense_zone_analysis"
PCF = "nba_precompute.player_composite_factors"
MLFS = "nba_predictions.ml_feature_store_v2"


@pytest.fixture(scope="module")
def season(loaded_2021_22, tmp_path_factory):
    """Eight weeks of 2021-22, computed to the last table, what they hold, and nothing to be found in them."""
    path = cut(loaded_2021_22, tmp_path_factory.mktemp("real") / "one.duckdb", f"{{day}} <= DATE '{LAST_OF_EIGHT}'")
    assert [said.exit_code for said in summaries(loaded_2021_22)] == [0]
    run(DuckDBWarehouse(path), Request(SEASON, registry(), RunIdentity("run", NOW)))
    assert found_in(path).gaps == ()
    return path, (stored(path), contents(path))


@pytest.fixture
def path(season, tmp_path):
    """A copy of the eight weeks that may be changed."""
    return shutil.copy(season[0], tmp_path / "w.duckdb")


def found_in(path):
    """The gaps of the eight weeks."""
    with DuckDBWarehouse(path).read() as session:
        return find_gaps(session, SEASON)


def found_and_repaired(path, season, kind, table, days):
    """The one root is what it is; the commands begin with it; the recovery leaves what never had it. The cascades."""
    found = found_in(path)
    assert [(gap.kind, gap.table, gap.days) for gap in found.roots] == [(kind, table, tuple(days))]
    assert found.exit_code == 2
    plan = recovery(found)
    first = plan.stages[0]
    assert first.table == table
    assert first.command.startswith("backcourt ")
    assert (first.ranges[0].start, first.ranges[-1].end) == (days[0], days[-1])
    apply(DuckDBWarehouse(path), plan, RunIdentity("repair", NOW))
    assert found_in(path).gaps == ()
    assert (stored(path), contents(path)) == season[1]
    return {gap.table: gap.days for gap in found.gaps if gap.kind == "cascade"}


def test_missing_zones(path, season):
    """(a) TDGS without zones on three dates is null_field there, and a cascade in TDZA, PCF and MLFS from then on."""
    bad = game_dates(path, day("2021-11-22"), day("2021-11-24"))
    incidents.zones_missing(path, bad, day("2021-12-05"))
    cascades = found_and_repaired(path, season, "null_field", TDGS, bad)
    assert {*cascades} == {TDZA, PCF, MLFS}
    assert cascades[TDZA][0] == day("2021-11-23")


def test_an_absent_date(path, season):
    """(b) 2021-12-04 absent from TDZA is missing_date there, and a cascade in PCF and MLFS on that date alone."""
    gone = day("2021-12-04")
    incidents.date_absent(path, gone)
    assert found_and_repaired(path, season, "missing_date", TDZA, [gone]) == {PCF: (gone,), MLFS: (gone,)}


def test_a_box_score_loaded_twice(path, season):
    """(c) A team box score that stands there twice is partial_data in the raw table, and a cascade in what reads it.

    The doubled sums of TOGS break facts of the game, so that table shows the damage by itself.
    """
    twice = day("2021-11-24")
    incidents.loaded_twice(path, twice, day("2021-12-05"))
    cascades = found_and_repaired(path, season, "partial_data", BOX, [twice])
    assert {*cascades} == {processor.table.full_name for processor in registry()} - {TOGS}


def test_vanished_players(path, season):
    """(d) Players without summaries on four dates are partial_data in PGS, and a cascade in what reads their games."""
    bad = game_dates(path, day("2021-11-15"), day("2021-11-18"))
    incidents.players_vanished(path, bad[0], bad[-1], day("2021-12-05"))
    cascades = found_and_repaired(path, season, "partial_data", PGS, bad)
    assert {TDZA, TDGS}.isdisjoint(cascades)
    assert MLFS in cascades


def test_four_seasons_are_clean(four_seasons, command):
    """Every validator exits with 0 over four seasons, no check fails, nothing is stale, and no row failed by a bug."""
    # Readiness is part of preflight, coverage and contamination are lines of range; what recover mends are the gaps.
    for words in (("validate", "preflight"), ("validate", "range"), ("recover",)):
        done = command(*words, *ALL, "--json", "--warehouse", four_seasons)
        assert done.code == 0, done.out + done.err
        found = json.loads(done.out)
        assert {check["level"] for check in found.get("checks", ())} <= {"ok"}
        assert not found.get("roots")
        assert not found.get("stages")
    # MLFS rests on all of Phase 4 on the same date, TDZA among it.
    for table in ("TDGS", "MLFS"):
        for date_text in ("2021-12-04", "2023-01-10", "2024-02-02", "2025-03-01"):
            assert command("lineage", table, date_text, "--warehouse", four_seasons).code == 0
    for table in ("analytics_failures", "precompute_failures"):
        bugs = f"SELECT count(*) FROM nba_processing.{table} WHERE failure_category = 'PROCESSING_ERROR'"
        assert query(four_seasons, bugs, read_only=True) == [(0,)]
