"""Every identity of a box score holds in every game of a simulated season."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

SUMMED = ["fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "stl", "blk", "tov", "pf", "pts"]

LINE_RULES = {
    "points": "pts = 2 * (fgm - fg3m) + 3 * fg3m + ftm",
    "rebounds": "oreb + dreb = reb",
    "field goals": "fgm <= fga",
    "threes": "fg3m <= fg3a AND fg3m <= fgm AND fg3a <= fga",
    "free throws": "ftm <= fta",
    "assists": "ast <= fgm",
    "no negative": "least(fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, ast, stl, blk, tov, pf) >= 0",
}


def bad_rows(db: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    """At most five rows that break a rule."""
    return db.execute(f"{sql} LIMIT 5").fetchall()


@pytest.mark.parametrize("rule", LINE_RULES.values(), ids=LINE_RULES.keys())
def test_team_lines_obey_the_rule(db: duckdb.DuckDBPyConnection, rule: str) -> None:
    """No team line breaks the rule."""
    assert bad_rows(db, f"SELECT * FROM team_boxscores WHERE NOT ({rule})") == []


@pytest.mark.parametrize("rule", [rule for name, rule in LINE_RULES.items() if name != "assists"])
def test_player_lines_obey_the_rule(db: duckdb.DuckDBPyConnection, rule: str) -> None:
    """No player line breaks the rule."""
    assert bad_rows(db, f"SELECT * FROM player_boxscores WHERE NOT ({rule})") == []


def test_players_sum_to_their_team(db: duckdb.DuckDBPyConnection) -> None:
    """Every statistic, and the whole minutes, of the players add up to the team's line."""
    sums = ", ".join(f"sum({stat})::INT AS {stat}" for stat in [*SUMMED, "min"])
    stats = ", ".join([*SUMMED, "min"])
    players = f"SELECT game_id, team_id, {sums} FROM player_boxscores GROUP BY ALL"
    teams = f"SELECT game_id, team_id, {stats} FROM team_boxscores"
    assert bad_rows(db, f"({players}) EXCEPT ({teams})") == []
    assert bad_rows(db, f"({teams}) EXCEPT ({players})") == []


def test_minutes_are_exact(db: duckdb.DuckDBPyConnection) -> None:
    """MM:SS minutes of a team sum to 240:00 plus 25:00 per overtime; whole minutes stay within five of it."""
    seconds = "sum(split_part(minutes, ':', 1)::INT * 60 + split_part(minutes, ':', 2)::INT)"
    exact = f"SELECT game_id, team_id, {seconds} AS seconds FROM player_boxscores_v3 WHERE minutes <> '' GROUP BY ALL"
    expected = "14400 + 1500 * (periods - 4)"
    assert bad_rows(db, f"SELECT * FROM ({exact}) JOIN schedule USING (game_id) WHERE seconds <> {expected}") == []
    whole = "SELECT * FROM team_boxscores JOIN schedule USING (game_id) WHERE abs(min - 240 - 25 * (periods - 4)) > 5"
    assert bad_rows(db, whole) == []


def test_both_player_files_agree(db: duckdb.DuckDBPyConnection) -> None:
    """The file with MM:SS minutes has the same lines, five starters a team, and a reason for whoever did not play."""
    one = "SELECT game_id, player_id, pts, reb, ast, plus_minus FROM player_boxscores"
    two = (
        "SELECT game_id, person_id, points, rebounds_total, assists, plus_minus_points FROM player_boxscores_v3 "
        "WHERE minutes <> ''"
    )
    assert bad_rows(db, f"({one}) EXCEPT ({two})") == []
    assert bad_rows(db, f"({two}) EXCEPT ({one})") == []
    starters = "SELECT game_id, team_id FROM player_boxscores_v3 WHERE position <> '' GROUP BY ALL HAVING count(*) <> 5"
    assert bad_rows(db, starters) == []
    assert bad_rows(db, "SELECT * FROM player_boxscores_v3 WHERE (minutes = '') <> (comment <> '')") == []


def test_the_two_sides_fit_each_other(db: duckdb.DuckDBPyConnection) -> None:
    """Blocks fit the opponent's misses, steals his turnovers, plus-minus the margin; there is one winner."""
    sides = "FROM team_boxscores a JOIN team_boxscores b ON a.game_id = b.game_id AND a.team_id <> b.team_id"
    assert bad_rows(db, f"SELECT a.game_id {sides} WHERE a.blk > b.fga - b.fgm OR a.stl > b.tov") == []
    assert bad_rows(db, f"SELECT a.game_id {sides} WHERE a.pts = b.pts OR a.plus_minus <> a.pts - b.pts") == []
    assert bad_rows(db, f"SELECT a.game_id {sides} WHERE (a.wl = 'W') <> (a.pts > b.pts)") == []
    swing = "SELECT game_id, team_id, sum(plus_minus) AS swing FROM player_boxscores GROUP BY ALL"
    joined = f"SELECT * FROM ({swing}) JOIN team_boxscores t USING (game_id, team_id) WHERE swing <> 5 * t.plus_minus"
    assert bad_rows(db, joined) == []


def test_schedule_agrees_with_the_box_scores(db: duckdb.DuckDBPyConnection) -> None:
    """Score, winner, sides and the ten starters of the schedule are those of the box scores."""
    rows = bad_rows(
        db,
        "SELECT s.game_id FROM schedule s JOIN team_boxscores t USING (game_id) WHERE t.is_home AND "
        "(t.pts <> home_score OR t.team_id <> home_team_id OR t.wl <> home_wl OR t.game_date <> s.game_date)",
    )
    assert rows == []
    listed = "SELECT game_id, unnest(split(starters_on, '|'))::BIGINT FROM schedule"
    started = "SELECT game_id, person_id FROM player_boxscores_v3 WHERE position <> ''"
    assert bad_rows(db, f"({listed}) EXCEPT ({started})") == []
    assert bad_rows(db, f"({started}) EXCEPT ({listed})") == []


def test_shots_agree_with_the_box_scores(db: duckdb.DuckDBPyConnection) -> None:
    """Attempts and makes, in all and for three, agree for every player-game; assisted makes are the team's assists."""
    shots = (
        "SELECT game_id, player_id, count(*) AS fga, sum(shot_made_flag) AS fgm, count(*) FILTER (is_three) AS fg3a, "
        "count(*) FILTER (is_three AND shot_made_flag = 1) AS fg3m FROM shots GROUP BY ALL"
    )
    boxes = "SELECT game_id, player_id, fga, fgm, fg3a, fg3m FROM player_boxscores WHERE fga > 0"
    assert bad_rows(db, f"({shots}) EXCEPT ({boxes})") == []
    assert bad_rows(db, f"({boxes}) EXCEPT ({shots})") == []
    helped = (
        "SELECT game_id, team_id, count(*) FILTER (assisted = 1 AND shot_made_flag = 1) AS n FROM shots GROUP BY ALL"
    )
    assert bad_rows(db, f"SELECT * FROM ({helped}) JOIN team_boxscores USING (game_id, team_id) WHERE n <> ast") == []
    on_misses = db.execute("SELECT count(*) FROM shots WHERE assisted = 1 AND shot_made_flag = 0").fetchall()
    assert on_misses[0][0] > 0


def test_coordinates_fit_the_zones(db: duckdb.DuckDBPyConnection) -> None:
    """The classifier by value and coordinates gives the service's zone; distance and arc are right."""
    paint = "abs(loc_x) <= 80 AND loc_y <= 138"
    in_paint = "shot_zone_basic IN ('Restricted Area', 'In The Paint (Non-RA)')"
    beyond = "(sqrt(loc_x * loc_x + loc_y * loc_y) >= 237.5 OR abs(loc_x) >= 220)"
    for wrong in (
        f"NOT is_three AND ({paint}) <> ({in_paint})",
        f"is_three <> {beyond}",
        "is_three <> (shot_type = '3PT Field Goal')",
        "(shot_zone_basic = 'Mid-Range') <> (NOT is_three AND NOT (" + paint + "))",
        "shot_distance <> floor(sqrt(loc_x * loc_x + loc_y * loc_y) / 10)",
        "(shot_zone_basic = 'Restricted Area') <> (sqrt(loc_x * loc_x + loc_y * loc_y) < 40)",
        "shot_zone_basic LIKE 'Left%' AND loc_x > 0 OR shot_zone_basic LIKE 'Right%' AND loc_x < 0",
    ):
        assert bad_rows(db, f"SELECT * FROM shots WHERE {wrong}") == [], wrong


def test_ids_names_and_keys_are_sound(db: duckdb.DuckDBPyConnection) -> None:
    """Keys are unique, ids start at 9,000,001, every player who played is known and on that team's roster that day."""
    for table, key in {
        "schedule": "game_id",
        "team_boxscores": "game_id, team_id",
        "player_boxscores": "game_id, player_id",
        "player_boxscores_v3": "game_id, person_id",
        "shots": "game_id, game_event_id",
        "play_by_play": "game_id, eventnum",
        "players": "player_id",
        "rosters_bref": "bref_team, nba_id",
        "roster_snapshots": "roster_date, player_id",
        "player_props": "game_id, bookmaker, player_name, snapshot_timestamp",
        "game_lines": "game_id, bookmaker_key, market_key, outcome_name, snapshot_timestamp",
        "injury_report": "game_id, player_id, report_date, report_hour",
    }.items():
        assert bad_rows(db, f"SELECT {key}, count(*) FROM {table} GROUP BY ALL HAVING count(*) > 1") == [], table
    assert bad_rows(db, "SELECT * FROM player_boxscores WHERE player_id < 9000001") == []
    assert bad_rows(db, "SELECT player_id FROM player_boxscores EXCEPT SELECT player_id FROM players") == []
    played_for = "SELECT DISTINCT player_id, team_id FROM player_boxscores"
    assert bad_rows(db, f"({played_for}) EXCEPT SELECT nba_id, nba_team_id FROM rosters_bref") == []
