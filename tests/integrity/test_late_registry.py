"""Incident (d): analytics that ran before the registry was full lose players visibly, and get them back."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.integrity.reprocessing import missed, reprocess
from backcourt.names.registry_fill import fill_registry
from backcourt.names.resolve import resolve
from backcourt.names.review import decided
from backcourt.names.review_acts import Author
from backcourt.names.review_perform import correct
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from small_season import LAST
from state import contents, query

pytestmark = pytest.mark.slow
SPAN = DateRange(date(2021, 10, 1), LAST)
NOW = datetime(2021, 11, 20, tzinfo=UTC)
_LINE = """points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted,
free_throws_made, free_throws_attempted, offensive_rebounds, defensive_rebounds, total_rebounds, assists, steals, blocks,
turnovers, personal_fouls"""


def forget(path):
    """Nobody is registered, and no name was ever decided."""
    for table in ("nba_players_registry", "name_decisions", "unresolved_player_names", "player_aliases"):
        query(path, f"DELETE FROM nba_reference.{table}")


@pytest.fixture(scope="module")
def by_name_only(raw_season, tmp_path_factory):
    """The small season, of which one game on each of three dates came from Ball Don't Lie: names without ids."""
    path = tmp_path_factory.mktemp("late") / "w.duckdb"
    shutil.copy(raw_season, path)
    games = query(
        path,
        "SELECT min(game_id) FROM nba_raw.nbac_schedule WHERE game_status = 3 AND game_date BETWEEN ? AND ? "
        "GROUP BY game_date ORDER BY game_date LIMIT 3",
        LAST - timedelta(days=12),
        LAST,
    )
    ids = [game for (game,) in games]
    query(
        path,
        f"""INSERT INTO nba_raw.bdl_player_boxscores (game_id, game_date, season_year, player_lookup, player_full_name,
        home_team_abbr, away_team_abbr, team_abbr, minutes, {_LINE}, data_hash, processed_at)
        SELECT g.game_id, g.game_date, g.season_year, g.player_lookup, g.player_name, s.home_team_tricode,
        s.away_team_tricode, g.team_abbr, format('{{}}:{{:02}}', g.seconds_played // 60, g.seconds_played % 60), {_LINE},
        md5(g.data_hash)[:16], g.processed_at
        FROM nba_raw.nbac_gamebook_player_stats AS g JOIN nba_raw.nbac_schedule AS s USING (game_id)
        WHERE list_contains(?, g.game_id) AND g.seconds_played > 0""",
        ids,
    )
    rehash(path, "nba_raw.bdl_player_boxscores")
    for table in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
        query(path, f"DELETE FROM nba_raw.{table} WHERE list_contains(?, game_id)", ids)
    forget(path)
    return path


def compute(path, run_id):
    """Every table over the whole season so far, whatever is due."""
    return run(DuckDBWarehouse(path), Request(SPAN, registry(), RunIdentity(run_id, NOW)))


def names_first(path, now):
    """Pass one: who was listed where, then who is meant."""
    with DuckDBWarehouse(path).write() as session:
        fill_registry(session, SPAN, run_id="names", now=now)
        return resolve(session, run_id="names", now=now)


def test_lost_players_come_back(by_name_only, tmp_path):
    """A run on an empty registry says whom it lost; after the second pass every table is as in the right order.

    Lost: exactly the players of the games that came by name. Recomputed: exactly the dates of those games in PGS, and
    nothing before the first of them anywhere.
    """
    late, right = tmp_path / "late.duckdb", tmp_path / "right.duckdb"
    shutil.copy(by_name_only, late)
    shutil.copy(by_name_only, right)
    given = query(late, "SELECT player_lookup, game_date FROM nba_raw.bdl_player_boxscores ORDER BY ALL")
    assert len(given) > 45

    compute(late, "early")
    lost = "SELECT player_lookup, game_date FROM nba_processing.registry_failures WHERE status = ? ORDER BY ALL"
    assert given == query(late, lost, "pending")
    reasons = query(
        late,
        "SELECT DISTINCT failure_category FROM nba_processing.analytics_failures WHERE failure_reason LIKE 'no reg%'",
    )
    assert reasons == [("MISSING_DEPENDENCY",)]
    assert (
        len(given)
        == query(
            late, "SELECT count(*) FROM nba_processing.analytics_failures WHERE failure_reason LIKE 'no registered%'"
        )[0][0]
    )

    found = names_first(late, NOW + timedelta(hours=1))
    assert found.queued == 0
    assert given == query(late, lost, "resolved")

    entries = missed(DuckDBWarehouse(late))
    days = sorted({day for _, day in given})
    assert [list(entry.days) for entry in entries] == [days]
    results = reprocess(DuckDBWarehouse(late), entries, RunIdentity("again", NOW + timedelta(hours=2)))
    assert not [problem for result in results for problem in result.problems]
    assert given == query(late, lost, "reprocessed")
    again = query(
        late, "SELECT table_name, game_date FROM nba_processing.backfill_ledger WHERE run_id LIKE 'again%' ORDER BY ALL"
    )
    assert days == [day for name, day in again if name == "nba_analytics.player_game_summary"]
    assert min(day for _, day in again) == days[0]

    names_first(right, NOW)
    compute(right, "right")
    assert contents(right) == contents(late)
    assert missed(DuckDBWarehouse(late)) == ()


def test_a_reprocessing_that_was_killed_is_finished(by_name_only, tmp_path):
    """Killed after the table that missed somebody: what stands on it is still missed, until it is computed, too."""
    late = tmp_path / "late.duckdb"
    shutil.copy(by_name_only, late)
    warehouse = DuckDBWarehouse(late)
    compute(late, "early")
    names_first(late, NOW + timedelta(hours=1))
    [entry] = missed(warehouse)
    root = next(processor for processor in registry() if processor.name == entry.table)
    run(
        warehouse,
        Request(
            DateRange(entry.days[0], entry.days[-1]),
            (root,),
            RunIdentity("killed", NOW + timedelta(hours=2)),
            reprocess=frozenset({"stale", "failed"}),
        ),
    )
    assert missed(warehouse) == (entry,)
    reprocess(warehouse, missed(warehouse), RunIdentity("again", NOW + timedelta(hours=3)))
    assert plan(warehouse, Request(SPAN, registry(), reprocess=frozenset({"stale", "failed"}))).ranges == ()
    assert missed(warehouse) == ()


def test_the_job_does_it_in_the_right_order(by_name_only, tmp_path, command):
    """The two-pass job on an empty registry loses nobody."""
    path = tmp_path / "two-pass.duckdb"
    shutil.copy(by_name_only, path)
    command("jobs", "run", "two-pass", "--start-date", SPAN.start, "--end-date", SPAN.end, "--warehouse", path)
    assert query(path, "SELECT count(*) FROM nba_processing.registry_failures") == [(0,)]
    given = query(path, "SELECT count(*) FROM nba_raw.bdl_player_boxscores")
    assert given == query(
        path,
        "SELECT count(*) FROM nba_analytics.player_game_summary WHERE primary_source_used = 'bdl_player_boxscores'",
    )


def test_nothing_else_is_forced(by_name_only, tmp_path):
    """With names that are only pending, nothing is computed again."""
    path = tmp_path / "pending.duckdb"
    shutil.copy(by_name_only, path)
    compute(path, "early")
    assert missed(DuckDBWarehouse(path)) == ()
    assert reprocess(DuckDBWarehouse(path), (), RunIdentity("again", NOW)) == []
    assert run(DuckDBWarehouse(path), Request(SPAN, registry(), RunIdentity("idle", NOW))).tables[0].dates in {0, 3}


def test_no_date_stays_stale_after_a_name_was_corrected(computed, command):
    """An injured player was somebody else: every table that reads the report is computed again, and nothing stays stale.

    The table of the teams misses nobody, and yet counts who is out.
    """
    warehouse = DuckDBWarehouse(computed)
    [(lookup, team, wrong)] = query(
        computed,
        "SELECT player_lookup, team, player_id FROM nba_raw.nbac_injury_report WHERE injury_status = 'out' "
        "AND player_id IS NOT NULL GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT 1",
    )
    [(right,)] = query(
        computed,
        "SELECT min(player_id) FROM nba_reference.nba_players_registry WHERE season = '2021-22' AND team_abbr <> ?",
        team,
    )
    later = NOW + timedelta(days=300)
    with warehouse.write() as session:
        found = [
            row for row in decided(session, lookup) if (row["source"], row["team_abbr"]) == ("nbac_injury_report", team)
        ]
        assert [row["player_id"] for row in found] == [wrong]
        correct(session, found[0]["name_id"], right, Author("me", later, "correct"))
    entries = missed(warehouse)
    assert "upcoming_team_game_context" in {entry.table for entry in entries}
    done = command("names", "reprocess", "--warehouse", computed)
    assert done.code == 0, done.err
    assert plan(warehouse, Request(SPAN, registry(), reprocess=frozenset({"stale"}))).ranges == ()
    assert missed(warehouse) == ()
