"""A corrected game: the plan names what depends on it through the windows, no more, and the run makes it right."""

import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import plan, run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.warehouse.duckdb import DuckDBWarehouse
from rehash import rehash
from small_season import LAST_OF_EIGHT
from state import COMPUTED, contents, query

SEASON = DateRange(date(2021, 10, 19), LAST_OF_EIGHT)
IDENTITY = RunIdentity("correction", datetime(2030, 1, 1, tzinfo=UTC))
BOOTSTRAP = timedelta(days=14)
ZONE = "CASE zone WHEN 'paint' THEN 'mid_range' ELSE 'paint' END"


@pytest.fixture
def path(eight_weeks, tmp_path):
    """A copy of eight weeks that may be changed."""
    return shutil.copy(eight_weeks, tmp_path / "w.duckdb")


def game_on(path, after):
    """A game of the first date with games from a day on: id, date, teams."""
    return query(
        path,
        "SELECT game_id, game_date, home_team_tricode, away_team_tricode FROM nba_raw.nbac_schedule "
        "WHERE game_date >= ? AND season_type = 'Regular Season' ORDER BY game_date, game_id LIMIT 1",
        after,
    )[0]


def correct(path, table, game, column, value=None):
    """Change one row of a game in a raw table, as a reload of a corrected file would: value and hash."""
    query(
        path,
        f"UPDATE nba_raw.{table} SET {column} = {value or f'{column} + 1'} WHERE rowid = "
        f"(SELECT min(rowid) FROM nba_raw.{table} WHERE game_id = ? AND {column} IS NOT NULL)",
        game,
    )
    rehash(path, f"nba_raw.{table}", "game_id = ?", [game])


def planned(path, **options):
    """Dates by table of a plan."""
    found = plan(DuckDBWarehouse(path), Request(SEASON, registry(), **options))
    calendar = game_dates(path)
    by_table = {}
    for entry in found.ranges:
        dates = {day for day in calendar if entry.start <= day <= entry.end}
        assert len(dates) == entry.dates
        by_table.setdefault(entry.table, set()).update(dates)
    return by_table


def game_dates(path):
    """Every scheduled date."""
    return [row[0] for row in query(path, "SELECT DISTINCT game_date FROM nba_raw.nbac_schedule ORDER BY 1")]


def read_until(path, day, who, size, players_or_teams):
    """The last date whose newest ``size`` games of somebody still hold his game of a day; plain Python."""
    column, table = who
    last = date(2021, 1, 1)
    for somebody in players_or_teams:
        games = [
            row[0]
            for row in query(
                path,
                f"SELECT game_date FROM {table} WHERE {column} = ? AND season_type <> 'Cup Final' ORDER BY game_date",
                somebody,
            )
        ]
        later = [game for game in games if game > day]
        last = max(last, later[size - 1] if len(later) >= size else date(9999, 1, 1))
    return last


def rebuilt(path, target):
    """The same raw tables with everything computed from nothing."""
    copy = shutil.copy(path, target)
    for schema, table in query(copy, "SELECT schema_name, table_name FROM duckdb_tables()"):
        if schema in COMPUTED or table in {"backfill_ledger", "analytics_failures", "precompute_failures"}:
            query(copy, f"DELETE FROM {schema}.{table}")
    run(DuckDBWarehouse(copy), Request(SEASON, registry(), IDENTITY))
    return contents(copy)


def test_a_corrected_value_makes_due_what_reads_it_and_no_more(path):
    """Assists reach nothing behind PGS, points only what counts points; a shot's distance is read by nobody."""
    game, day, *_ = game_on(path, date(2021, 11, 10))
    later = {other for other in game_dates(path) if other > day}
    correct(path, "nbac_shot_chart", game, "shot_distance")
    assert planned(path) == {}
    correct(path, "nbac_gamebook_player_stats", game, "assists")
    assert planned(path) == {"player_game_summary": {day}}
    correct(path, "nbac_gamebook_player_stats", game, "points")
    assert planned(path) == {
        "player_game_summary": {day},
        "upcoming_player_game_context": later,
        "player_daily_cache": later,
        "ml_feature_store_v2": later,
    }


@pytest.mark.parametrize("after", [date(2021, 10, 22), date(2021, 11, 30)])
def test_a_corrected_line_makes_due_what_reads_the_player_and_no_more(path, after):
    """A man who has not played after all reaches PGS of the date, PSZA for 20 games, season windows for the rest.

    Of a man who played a second more, only what reads minutes is due, and nothing on the date itself but PGS.
    """
    game, day, *_ = game_on(path, after)
    assert planned(path) == {}
    correct(path, "nbac_gamebook_player_stats", game, "seconds_played")
    longer = planned(path)
    assert longer["player_game_summary"] == {day}
    assert not {"player_shot_zone_analysis", "upcoming_team_game_context"} & {*longer}
    assert all(min(dates) > day for name, dates in longer.items() if name != "player_game_summary")
    correct(path, "nbac_gamebook_player_stats", game, "seconds_played", "0")
    players = [
        row[0] for row in query(path, "SELECT player_id FROM nba_analytics.player_game_summary WHERE game_id = ?", game)
    ]
    until = read_until(path, day, ("player_id", "nba_analytics.player_game_summary"), 20, players)
    calendar = game_dates(path)
    later = {other for other in calendar if other > day}
    computed = {other for other in later if other >= calendar[0] + BOOTSTRAP}
    # Whoever plays without being listed is listed on the day itself, and minutes decide who played.
    today = {day} if day >= calendar[0] + BOOTSTRAP else set()
    assert planned(path) == {
        "player_game_summary": {day},
        "upcoming_player_game_context": later | {day},
        "upcoming_team_game_context": later,
        "player_shot_zone_analysis": {other for other in computed if other <= until},
        "player_composite_factors": computed | today,
        "player_daily_cache": computed | today,
        "ml_feature_store_v2": computed | today,
    }


def test_a_corrected_team_line_reaches_the_usage_of_its_players_all_season(path):
    """A player's usage of the season counts what his team did in every game of his, also more than ten games ago."""
    game, day, *_ = game_on(path, date(2021, 11, 8))
    correct(path, "nbac_team_boxscore", game, "turnovers")
    assert planned(path)["player_daily_cache"] == {other for other in game_dates(path) if other > day}


def test_a_corrected_shot_reaches_team_defense_through_15_games_and_30_days(path):
    """A shot reaches TDGS of its date, then TDZA for 30 days and until both teams have played 15 games more."""
    game, day, home, away = game_on(path, date(2021, 11, 2))
    correct(path, "nbac_shot_chart", game, "zone", ZONE)
    found = planned(path)
    until = max(
        day + timedelta(days=30),
        read_until(path, day, ("defending_team_abbr", "nba_analytics.team_defense_game_summary"), 15, (home, away)),
    )
    assert found["team_defense_game_summary"] == {day}
    assert found["team_defense_zone_analysis"] == {other for other in game_dates(path) if day < other <= until}


@pytest.mark.slow
def test_running_the_plan_equals_a_rebuild_from_nothing(path, tmp_path):
    """After a corrected line and a corrected shot, one run gives rows, failures and ledger of a rebuild; then rest."""
    game, *_ = game_on(path, date(2021, 11, 10))
    correct(path, "nbac_gamebook_player_stats", game, "assists")
    correct(path, "nbac_shot_chart", game, "zone", ZONE)
    expected = rebuilt(path, tmp_path / "rebuilt.duckdb")
    before = contents(path)
    result = run(DuckDBWarehouse(path), Request(SEASON, registry(), IDENTITY))
    assert result.exit_code == 0
    after = contents(path)
    assert after == expected
    assert after != before
    assert planned(path) == {}
    log = query(
        path,
        "SELECT DISTINCT table_name, reason, run_id FROM nba_processing.restatements WHERE run_id = 'correction' "
        "AND table_name = 'nba_analytics.player_game_summary'",
    )
    assert log == [("nba_analytics.player_game_summary", "stale", "correction")]


def test_the_change_log_holds_old_and_new_hash_of_every_restated_row(path):
    """Each row that differs afterwards is in the log with both hashes and the operator's words, and no other row."""
    game, *_ = game_on(path, date(2021, 11, 10))
    correct(path, "nbac_gamebook_player_stats", game, "points")
    name = "nba_precompute.player_daily_cache"
    key = "CONCAT(game_id, '|', player_id)"
    before = dict(query(path, f"SELECT {key}, data_hash FROM {name}"))
    identity = RunIdentity("why", datetime(2030, 1, 1, tzinfo=UTC), reason="the league corrected a game")
    run(DuckDBWarehouse(path), Request(SEASON, registry(), identity))
    after = dict(query(path, f"SELECT {key}, data_hash FROM {name}"))
    log = query(
        path,
        "SELECT row_key, old_hash, new_hash, reason FROM nba_processing.restatements WHERE run_id = 'why' AND table_name = ?",
        name,
    )
    changed = {row for row in before if after.get(row) != before[row]}
    assert {row[0]: (row[1], row[2]) for row in log} == {row: (before[row], after.get(row)) for row in changed}
    assert {row[3] for row in log} == {"the league corrected a game"}
    assert len(changed) > 0


def test_rows_that_vanished_are_missing(path):
    """Rows taken out of a table by hand make their date due, and what was built on it is computed again."""
    query(path, "DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-11-12'")
    found = planned(path)
    assert found["team_defense_zone_analysis"] == {date(2021, 11, 12)}
    assert found["player_composite_factors"] == {date(2021, 11, 12)}
    before = query(path, "SELECT sum(hash(data_hash)) FROM nba_predictions.ml_feature_store_v2")
    run(DuckDBWarehouse(path), Request(SEASON, registry(), IDENTITY))
    assert query(
        path, "SELECT count(*) FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '2021-11-12'"
    ) == [(30,)]
    assert query(path, "SELECT sum(hash(data_hash)) FROM nba_predictions.ml_feature_store_v2") == before
    assert planned(path) == {}


@pytest.mark.slow
def test_reprocess_names_what_is_redone(path):
    """Missing leaves a failed and a stale date alone; all redoes every date and rewrites no row."""
    game, day, *_ = game_on(path, date(2021, 11, 10))
    correct(path, "nbac_gamebook_player_stats", game, "assists")
    query(
        path,
        "UPDATE nba_processing.backfill_ledger SET status = 'failed' WHERE table_name = 'nba_precompute.team_defense_zone_analysis' AND game_date = '2021-11-24'",
    )
    query(
        path,
        "DELETE FROM nba_processing.backfill_ledger WHERE table_name = 'nba_analytics.team_offense_game_summary' AND game_date = '2021-12-03'",
    )
    kinds = {kind: planned(path, reprocess=frozenset({kind})) for kind in ("missing", "failed", "stale")}
    assert kinds["missing"]["team_offense_game_summary"] == {date(2021, 12, 3)}
    assert "team_defense_zone_analysis" not in kinds["missing"]
    assert kinds["failed"]["team_defense_zone_analysis"] == {date(2021, 11, 24)}
    assert "player_game_summary" not in kinds["failed"]
    assert kinds["stale"]["player_game_summary"] == {day}
    assert "team_offense_game_summary" not in kinds["stale"]
    run(DuckDBWarehouse(path), Request(SEASON, registry(), IDENTITY))
    everything = run(DuckDBWarehouse(path), Request(SEASON, registry(), IDENTITY, reprocess=frozenset({"all"})))
    assert [(r.published.inserted, r.published.removed, r.dates) for r in everything.tables] == [
        (0, 0, len(game_dates(path)))
    ] * 10
