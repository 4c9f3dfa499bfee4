"""The facts of the game: they hold in every game of a sound warehouse, and each one can fail."""

from __future__ import annotations

import shutil
from datetime import date

import duckdb
import pytest

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.catalog.facts import FACTS
from backcourt.integrity.facts import broken_facts
from backcourt.integrity.validation import everything
from backcourt.processors.registry import select
from backcourt.warehouse.duckdb import DuckDBSession, DuckDBWarehouse
from small_season import NOW

DAY = date(2021, 11, 10)
RAW, ANALYTICS = "nba_raw.", "nba_analytics."
SCHEDULE, TEAM, BOX, BOOK, SHOTS, EVENTS = (
    f"{RAW}{name}"
    for name in (
        "nbac_schedule",
        "nbac_team_boxscore",
        "nbac_player_boxscore",
        "nbac_gamebook_player_stats",
        "nbac_shot_chart",
        "nbac_play_by_play",
    )
)
PGS, TOGS, TDGS, UTGC, UPGC = (
    f"{ANALYTICS}{name}"
    for name in (
        "player_game_summary",
        "team_offense_game_summary",
        "team_defense_game_summary",
        "upcoming_team_game_context",
        "upcoming_player_game_context",
    )
)
ONE = "player_id = (SELECT MIN(player_id) FROM {table} WHERE game_id = '{game}' AND {playing})"
LOST_MINUTES = "seconds_played = greatest(seconds_played - 200, 1)"
BREAKS = {
    (SCHEDULE, "two_teams"): "away_team_id = home_team_id",
    (SCHEDULE, "one_winner"): "winning_team_tricode = if(winning_team_tricode = home_team_tricode, away_team_tricode, "
    "home_team_tricode)",
    (SCHEDULE, "final_score"): "periods = 3",
    (SCHEDULE, "ten_starters"): "starter_ids = list_append(starter_ids, 1)",
    (TEAM, "sides"): "is_home = NOT is_home",
    (TEAM, "score"): "points = points + 1, ft_made = ft_made + 1, ft_attempted = ft_attempted + 1",
    (TEAM, "margin"): "plus_minus = plus_minus + 1",
    (TEAM, "made"): "ft_made = ft_attempted + 1",
    (TEAM, "sums"): "total_rebounds = total_rebounds + 1",
    (TEAM, "minutes"): "seconds_played = seconds_played - 301",
    (BOX, "sides"): "is_home = NOT is_home, opponent_team_abbr = team_abbr WHERE one",
    (BOX, "five_players"): "game_id = 'X' WHERE many",
    (BOX, "score"): "points = points + 1 WHERE one",
    (BOX, "shots"): "field_goals_attempted = field_goals_attempted + 1 WHERE one",
    (BOX, "made"): "free_throws_made = free_throws_attempted + 1 WHERE one",
    (BOX, "sums"): "free_throws_made = free_throws_made + 1 WHERE one",
    (BOX, "minutes"): "minutes = minutes + 12 WHERE one",
    (BOOK, "sides"): "is_home = NOT is_home WHERE one",
    (BOOK, "five_players"): "game_id = 'X' WHERE many",
    (BOOK, "score"): "points = points + 1 WHERE one",
    (BOOK, "shots"): "field_goals_attempted = field_goals_attempted + 1 WHERE one",
    (BOOK, "made"): "free_throws_made = free_throws_attempted + 1 WHERE one",
    (BOOK, "sums"): "free_throws_made = free_throws_made + 1 WHERE one",
    (BOOK, "minutes"): f"{LOST_MINUTES} WHERE one",
    (BOOK, "starters"): "is_starter = NOT is_starter WHERE one",
    (SHOTS, "sides"): "team_abbr = 'XXX' WHERE one",
    (SHOTS, "zones"): "is_three = NOT is_three WHERE one",
    (EVENTS, "score"): "score = '1 - 999' WHERE last",
    (EVENTS, "periods"): "period = period + 1 WHERE last",
    (PGS, "sides"): "home_game = NOT home_game WHERE one",
    (PGS, "winners"): "win_flag = NOT win_flag WHERE one",
    (PGS, "starters"): "starter_flag = NOT starter_flag WHERE one",
    (PGS, "score"): "points = points + 1 WHERE one",
    (PGS, "shots"): "fg_attempts = fg_attempts + 1 WHERE one",
    (PGS, "minutes"): f"{LOST_MINUTES} WHERE one",
    (PGS, "made"): "paint_makes = paint_attempts + 1 WHERE one",
    (PGS, "sums"): "ft_makes = ft_makes + 1 WHERE one",
    (TOGS, "sides"): "opponent_team_abbr = team_abbr",
    (TOGS, "winners"): "win_flag = TRUE",
    (TOGS, "score"): "points_scored = points_scored + 1",
    (TOGS, "margin"): "margin_of_victory = margin_of_victory + 1",
    (TOGS, "minutes"): "exact_minutes = exact_minutes + 25",
    (TOGS, "made"): "ft_makes = ft_attempts + 1",
    (TOGS, "shots"): "fg_attempts = fg_attempts + 1",
    (TDGS, "sides"): "home_game = NOT home_game",
    (TDGS, "winners"): "win_flag = FALSE",
    (TDGS, "score"): "points_allowed = points_allowed + 1",
    (TDGS, "shots"): "opp_fg_attempts = opp_fg_attempts + 1",
    (TDGS, "minutes"): "exact_minutes = exact_minutes - 25",
    (TDGS, "made"): "opp_ft_makes = opp_ft_attempts + 1",
    (UTGC, "sides"): "home_game = TRUE",
    (UTGC, "starters"): "starters_out_count = 11",
    (UTGC, "rest"): "team_back_to_back = NOT team_back_to_back",
    (UTGC, "travel"): "travel_miles = NULL",
    (UTGC, "record"): "wins_entering = wins_entering + 1",
    (UPGC, "sides"): "opponent_team_abbr = team_abbr WHERE one",
}
"""What breaks each fact in one game: values to set, of one man who played, of most of them, or of the last score."""


@pytest.fixture(scope="module")
def session(computed_season, simulated_warehouse, tmp_path_factory):
    """A copy of the small season, open to be changed and rolled back, with the play-by-play of one date."""
    path = shutil.copy(computed_season, tmp_path_factory.mktemp("facts") / "w.duckdb")
    connection = duckdb.connect(str(path))
    connection.execute(f"ATTACH '{simulated_warehouse}' AS whole (READ_ONLY)").fetchall()
    connection.execute(f"INSERT INTO {EVENTS} SELECT * FROM whole.{EVENTS} WHERE game_date = ?", [DAY]).fetchall()
    yield connection, DuckDBSession(connection, path)
    connection.close()


def damage(connection: duckdb.DuckDBPyConnection, table: str, what: str, game: str) -> None:
    """Set values in the rows of one game."""
    values, _, which = what.partition(" WHERE ")
    playing = {BOX: "minutes > 8", BOOK: "seconds_played > 500", PGS: "starter_flag"}.get(table, "TRUE")
    rows = {
        "": "TRUE",
        "one": ONE.format(table=table, game=game, playing=playing),
        "many": f"rowid NOT IN (SELECT MIN(rowid) FROM {table} WHERE game_id = '{game}' GROUP BY team_abbr)",
        "last": f"event_id = (SELECT MAX(event_id) FROM {table} WHERE game_id = '{game}')",
    }[which]
    done = connection.execute(f"UPDATE {table} SET {values} WHERE game_id = ? AND {rows}", [game]).fetchall()
    assert done != [(0,)], "nothing was damaged"


def test_every_fact_has_a_damage_that_breaks_it():
    """No fact is declared that no test has seen fail."""
    assert set(BREAKS) == {(found.table, fact.name) for found in FACTS for fact in found.facts}


@pytest.mark.parametrize(("table", "fact"), BREAKS, ids=lambda value: value.rpartition(".")[2])
def test_a_fact_that_does_not_hold_is_found(session, table, fact):
    """Damage of one game is found on its date, in its table and game, and nowhere else."""
    connection, opened = session
    span = DateRange(date(2021, 10, 19), date(2021, 11, 14))
    ((game,),) = connection.execute(f"SELECT MAX(game_id) FROM {SCHEDULE} WHERE game_date = ?", [DAY]).fetchall()
    connection.execute("BEGIN").fetchall()
    try:
        damage(connection, table, BREAKS[table, fact], game)
        found = broken_facts(opened, span, (table,))
    finally:
        connection.execute("ROLLBACK").fetchall()
    assert {(item.table, item.day, item.broken, item.example) for item in found} == {(table, DAY, 1, game)}
    assert fact in {item.fact for item in found}


def test_the_facts_hold_in_the_simulated_season(simulated_warehouse):
    """In a whole season with playoffs, overtimes and a Cup final nothing is broken."""
    with DuckDBWarehouse(simulated_warehouse).read() as opened:
        assert broken_facts(opened, DateRange(date(2021, 7, 1), date(2022, 6, 30))) == ()


def test_a_wrong_rule_is_seen(monkeypatch, computed):
    """Rows that a wrong rule computed, hash and ledger and all, fail a check that names the fact, date and game."""
    (pgs,) = select(tables=("PGS",))
    # The kind of error that this is for: whoever does not start is called a starter.
    known = "WHEN book_knows THEN COALESCE(is_starter, FALSE)"
    assert known in pgs.sql
    wrong = pgs.sql.replace(known, known.replace("COALESCE(", "NOT COALESCE("))
    for name in ("staged_sql", "code_version"):
        monkeypatch.delitem(pgs.__dict__, name, raising=False)
    monkeypatch.setitem(pgs.__dict__, "sql", wrong)
    result = run(DuckDBWarehouse(computed), Request(DateRange(DAY, DAY), (pgs,), RunIdentity("wrong", NOW)))
    assert result.exit_code == 0
    for name in ("staged_sql", "code_version"):
        pgs.__dict__.pop(name)
    monkeypatch.undo()
    with DuckDBWarehouse(computed).read() as opened:
        found, gaps = everything(opened, DateRange(DAY, DAY))
    assert found.exit_code > 0
    check = {check.name: check for check in found.checks}["the facts of every game hold"]
    assert check.level == "problem"
    assert check.found.startswith(f"PGS {DAY}: a team without five starters: ")
    assert check.next_step == f"backcourt recover --start-date {DAY} --end-date {DAY}"
    assert ("null_field", PGS, "starters", PGS) in {(gap.kind, gap.table, gap.field, gap.root) for gap in gaps.gaps}
