"""A failed date is tried again by the next run, before anything new, and again until it succeeds."""

from datetime import UTC, date, datetime

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import select
from backcourt.warehouse.duckdb import DuckDBWarehouse
from small_season import LAST
from state import query

SPAN = DateRange(date(2021, 10, 19), LAST)
LATER = datetime(2021, 11, 16, tzinfo=UTC)
LEDGER = "nba_processing.backfill_ledger"


def compute(path, run_id, *tables, **options):
    """Run tables over the whole small season, one chunk after the other."""
    return run(
        DuckDBWarehouse(path),
        Request(SPAN, select(tables=tables), RunIdentity(run_id, LATER), jobs=1, chunk="month", **options),
    )


def ledger(path, run_id):
    """Table, date and status of a run's ledger entries in the order in which they were written."""
    return query(
        path,
        f"SELECT split_part(table_name, '.', 2), game_date, status FROM {LEDGER} WHERE run_id = ? ORDER BY rowid",
        run_id,
    )


def test_failed_dates_of_all_tables_of_a_wave_come_before_what_is_missing(computed):
    """A failed date of the later table and of the later month is written before the missing dates of both tables."""
    query(
        computed,
        f"UPDATE {LEDGER} SET status = 'failed', reason = 'PROCESSING_ERROR' WHERE game_date = '2021-11-10' AND "
        "table_name = 'nba_analytics.team_defense_game_summary'",
    )
    query(
        computed,
        f"DELETE FROM {LEDGER} WHERE game_date IN ('2021-10-21', '2021-11-02') AND table_name IN "
        "('nba_analytics.team_offense_game_summary', 'nba_analytics.team_defense_game_summary')",
    )
    assert compute(computed, "next", "TOGS", "TDGS").exit_code == 0
    written = ledger(computed, "next")
    assert written[0] == ("team_defense_game_summary", date(2021, 11, 10), "done")
    missing = {(table, day) for table, day, _ in written[1:]}
    assert missing >= {
        (table, day)
        for table in ("team_offense_game_summary", "team_defense_game_summary")
        for day in (date(2021, 10, 21), date(2021, 11, 2))
    }


def test_a_date_that_fails_again_is_tried_again_and_then_heals(computed):
    """A date without upstream fails in every run, each attempt counted; with its upstream back the next run mends it."""
    teams = "FROM nba_raw.nbac_team_boxscore WHERE game_date = '2021-11-09'"
    before = query(computed, "SELECT sum(hash(data_hash)) FROM nba_analytics.team_offense_game_summary")
    query(computed, f"CREATE TABLE kept AS SELECT * {teams}")
    query(computed, f"DELETE {teams}")
    attempt = f"SELECT status, reason, attempt FROM {LEDGER} WHERE game_date = '2021-11-09' AND table_name LIKE '%.team_offense_game_summary'"
    counted = []
    for number in (1, 2):
        result = compute(computed, f"fails {number}", "TOGS")
        assert result.exit_code == 1
        assert "nba_raw.nbac_team_boxscore" in result.problems[0]
        ((status, reason, tries),) = query(computed, attempt)
        assert (status, reason) == ("failed", "MISSING_DEPENDENCY")
        counted.append(tries)
    assert counted[1] == counted[0] + 1
    query(computed, "INSERT INTO nba_raw.nbac_team_boxscore SELECT * FROM kept")
    query(computed, "DROP TABLE kept")
    assert compute(computed, "heals", "TOGS").exit_code == 0
    assert query(computed, attempt)[0][:2] == ("done", None)
    assert query(computed, "SELECT sum(hash(data_hash)) FROM nba_analytics.team_offense_game_summary") == before
    assert query(computed, "SELECT count(*) FROM nba_processing.analytics_failures WHERE entity_id = 'DATE_LEVEL'") == [
        (0,)
    ]
