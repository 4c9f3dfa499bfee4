"""The gate: old dates, dates without upstream and thin dates, in both modes on the same situation."""

import shutil
from datetime import UTC, date, datetime

import duckdb
import pytest

from backcourt.backfill.checks import admit
from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.errors import DateRangeError, MissingUpstreamError
from backcourt.mode import BACKFILL, DAILY
from backcourt.processors.registry import select
from backcourt.warehouse.duckdb import DuckDBWarehouse

DAY = date(2022, 1, 12)
NOW = datetime(2022, 1, 13, tzinfo=UTC)
FAILURE = (
    "SELECT processor_name, entity_id, entity_type, failure_category, failure_reason "
    "FROM nba_processing.precompute_failures WHERE entity_id = 'DATE_LEVEL' UNION ALL "
    "SELECT processor_name, entity_id, entity_type, failure_category, failure_reason "
    "FROM nba_processing.analytics_failures WHERE entity_id = 'DATE_LEVEL' ORDER BY 1"
)


@pytest.fixture
def warehouse(simulated_warehouse, tmp_path):
    """A copy of the simulated warehouse that may be changed."""
    return DuckDBWarehouse(shutil.copy(simulated_warehouse, tmp_path / "w.duckdb"))


def change(warehouse, *statements):
    """Run statements on the warehouse's file."""
    connection = duckdb.connect(str(warehouse.path))
    for statement in statements:
        connection.execute(statement).fetchall()
    connection.close()


def rows(warehouse, sql):
    """The rows of a SELECT."""
    with warehouse.read() as session:
        return session.rows(sql)


def test_daily_refuses_a_date_of_91_days_ago_and_backfill_does_not():
    """90 days are accepted, 91 are not; backfill accepts any date."""
    today = date(2022, 4, 12)
    pcf = select(tables=("PCF",))
    admit(Request(DateRange(date(2022, 1, 12), today), pcf, policy=DAILY), today)
    with pytest.raises(DateRangeError, match=r"91 days ago; daily mode accepts 90 days .*--mode backfill"):
        admit(Request(DateRange(date(2022, 1, 11), today), pcf, policy=DAILY), today)
    admit(Request(DateRange(date(1950, 1, 1), today), pcf, policy=BACKFILL), today)


def test_an_intact_warehouse_has_no_failed_date(simulated_warehouse):
    """No date of the simulated season fails as a whole, bootstrap and first rows of the season included."""
    assert rows(DuckDBWarehouse(simulated_warehouse), FAILURE) == []


def test_a_date_without_upstream_fails_alone_in_backfill(warehouse):
    """TDZA rows of one date gone: PCF and MLFS of that date fail as MISSING_DEPENDENCY, other dates stay, rows go."""
    change(warehouse, f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{DAY}'")
    span = DateRange(date(2022, 1, 11), date(2022, 1, 13))
    before = rows(warehouse, "SELECT COUNT(*) AS n FROM nba_precompute.player_composite_factors")[0][0]
    of_day = rows(
        warehouse, f"SELECT COUNT(*) AS n FROM nba_precompute.player_composite_factors WHERE game_date = '{DAY}'"
    )[0][0]
    run(warehouse, Request(span, select(tables=("PCF", "MLFS")), RunIdentity("r", NOW)))
    assert [(r[0], r[2], r[3]) for r in rows(warehouse, FAILURE)] == [
        ("ml_feature_store_v2", "date", "MISSING_DEPENDENCY"),
        ("player_composite_factors", "date", "MISSING_DEPENDENCY"),
    ]
    reasons = [r[4] for r in rows(warehouse, FAILURE)]
    assert reasons[1] == "no upstream rows in nba_precompute.team_defense_zone_analysis"
    assert "nba_precompute.player_composite_factors" in reasons[0]
    after = rows(warehouse, "SELECT COUNT(*) AS n FROM nba_precompute.player_composite_factors")[0][0]
    assert (of_day > 0, before - after) == (True, of_day)
    assert rows(
        warehouse,
        "SELECT game_date, status, reason, row_count FROM nba_processing.backfill_ledger "
        "WHERE table_name = 'nba_precompute.player_composite_factors' AND status = 'failed'",
    ) == [(DAY, "failed", "MISSING_DEPENDENCY", 0)]
    run(warehouse, Request(span, select(phase=4), RunIdentity("repair", NOW)))
    assert rows(warehouse, FAILURE) == []
    assert rows(warehouse, "SELECT COUNT(*) AS n FROM nba_precompute.player_composite_factors")[0][0] == before


def test_a_date_without_upstream_stops_a_daily_run(warehouse):
    """The same situation in daily mode is an error that names table and date, and nothing is written."""
    change(warehouse, f"DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '{DAY}'")
    state = "SELECT COUNT(*) AS n, MAX(finished_at) AS t FROM nba_processing.backfill_ledger"
    before = rows(warehouse, state)
    with pytest.raises(MissingUpstreamError, match=f"team_defense_zone_analysis on {DAY}"):
        run(warehouse, Request(DateRange(DAY, DAY), select(tables=("PCF",)), RunIdentity("r", NOW), policy=DAILY))
    assert rows(warehouse, state) == before
    assert rows(warehouse, FAILURE) == []


def test_no_rows_recorded_as_done_are_no_missing_upstream(simulated_warehouse):
    """On the first dates after bootstrap PSZA has no rows yet, says so in the ledger, and PCF is computed."""
    warehouse = DuckDBWarehouse(simulated_warehouse)
    (empty,) = rows(
        warehouse,
        "SELECT COUNT(*) AS n FROM nba_processing.backfill_ledger WHERE status = 'done' AND row_count = 0 "
        "AND table_name = 'nba_precompute.player_shot_zone_analysis'",
    )
    assert empty[0] > 0


@pytest.mark.parametrize(("kept", "daily", "backfill"), [(0.4, True, True), (0.8, True, False), (1.0, False, False)])
def test_thin_dates_fail_by_the_thresholds_of_the_mode(warehouse, kept, daily, backfill):
    """With 40 % of a date's games loaded both modes fail it, with 80 % only daily, with all neither."""
    games = rows(
        warehouse,
        "SELECT game_date, ARRAY_AGG(DISTINCT game_id ORDER BY game_id) AS g FROM nba_raw.nbac_schedule "
        "GROUP BY game_date HAVING COUNT(DISTINCT game_id) = 5 AND game_date > '2021-12-01' ORDER BY game_date LIMIT 1",
    )
    day, ids = games[0]
    gone = ", ".join(f"'{game}'" for game in ids[round(kept * len(ids)) :]) or "'none'"
    change(
        warehouse,
        f"DELETE FROM nba_raw.nbac_player_boxscore WHERE game_id IN ({gone})",
        f"DELETE FROM nba_raw.nbac_gamebook_player_stats WHERE game_id IN ({gone})",
    )
    now = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for policy, expected in ((DAILY, daily), (BACKFILL, backfill)):
        run(warehouse, Request(DateRange(day, day), select(tables=("PGS",)), RunIdentity("r", now), policy=policy))
        found = rows(warehouse, FAILURE)
        assert [r[3] for r in found] == (["INCOMPLETE_DATA"] if expected else [])
        written = rows(
            warehouse, f"SELECT COUNT(*) AS n FROM nba_analytics.player_game_summary WHERE game_date = '{day}'"
        )[0][0]
        assert (written == 0) == expected
