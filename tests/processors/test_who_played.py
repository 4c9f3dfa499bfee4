"""Which box-score lines are games played: whole minutes against seconds, and Ball Don't Lie."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from backcourt.catalog.views import view

if TYPE_CHECKING:
    from processors.conftest import Changed

DAY = date(2021, 11, 14)


def both(changed: Changed, game: str) -> dict[int, str]:
    """Who played in a game and by which source, as PGS has it; the engine's count of appearances must say the same."""
    rows = [row for row in changed.staged("player_game_summary", DAY) if row["game_id"] == game]
    counted = changed.query(f"SELECT player_id FROM ({view('appearances')}) WHERE game_id = @game", game=game)
    assert {row["player_id"] for row in rows} == {row["player_id"] for row in counted}
    return {row["player_id"]: row["primary_source_used"] for row in rows}


@pytest.fixture
def game(changed: Changed) -> str:
    """A game of the last day with lines of the gamebook and of the league's box score."""
    return changed.ask("SELECT MIN(game_id) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = ?", DAY)[0][0]


@pytest.fixture
def man(changed: Changed, game: str) -> int:
    """A man who played in it and has a line in both sources."""
    return changed.ask(
        "SELECT MIN(player_id) FROM nba_raw.nbac_gamebook_player_stats AS g JOIN nba_raw.nbac_player_boxscore AS b "
        "USING (game_id, player_id) WHERE game_id = ? AND g.seconds_played > 0",
        game,
    )[0][0]


def forget(changed: Changed, game: str, man: int, minutes: int) -> None:
    """Take a man's line from the gamebook and set his whole minutes."""
    changed.change("DELETE FROM nba_raw.nbac_gamebook_player_stats WHERE game_id = ? AND player_id = ?", game, man)
    changed.change(
        "UPDATE nba_raw.nbac_player_boxscore SET minutes = ? WHERE game_id = ? AND player_id = ?", minutes, game, man
    )


def test_no_minutes_and_no_line_of_seconds_is_no_game(changed: Changed, game: str, man: int) -> None:
    """A line of 0 whole minutes is no game where the source of seconds has his team's lines and not his."""
    forget(changed, game, man, 0)
    assert man not in both(changed, game)


def test_a_whole_minute_is_a_game(changed: Changed, game: str, man: int) -> None:
    """With one whole minute he played, whatever the source of seconds has forgotten."""
    forget(changed, game, man, 1)
    assert both(changed, game)[man] == "nbac_player_boxscore"


def test_without_a_source_of_seconds_every_line_is_a_game(changed: Changed, game: str, man: int) -> None:
    """0 may be a rounded fraction: it counts where his team has no line in the source of seconds."""
    (team,) = changed.ask(
        "SELECT team_abbr FROM nba_raw.nbac_player_boxscore WHERE game_id = ? AND player_id = ?", game, man
    )[0]
    forget(changed, game, man, 0)
    changed.change("DELETE FROM nba_raw.nbac_gamebook_player_stats WHERE game_id = ? AND team_abbr = ?", game, team)
    found = both(changed, game)
    assert found[man] == "nbac_player_boxscore"
    assert set(found.values()) == {"nbac_player_boxscore", "nbac_gamebook_player_stats"}


def test_no_seconds_is_no_game(changed: Changed, game: str, man: int) -> None:
    """A line of 0:00 beats the whole minutes of the other source."""
    changed.change(
        "UPDATE nba_raw.nbac_gamebook_player_stats SET seconds_played = 0 WHERE game_id = ? AND player_id = ?",
        game,
        man,
    )
    assert man not in both(changed, game)


@pytest.mark.parametrize(
    ("printed", "played"), [("0", True), ("00", True), ("0:00", False), ("0:01", True), ("9", True)]
)
def test_ball_dont_lie(printed: str, played: bool, changed: Changed, game: str, man: int) -> None:
    """Where the league has no line, its lines count: whole minutes always, MM:SS if they are more than nothing."""
    changed.change(
        "INSERT INTO nba_raw.bdl_player_boxscores BY NAME SELECT game_id, game_date, season_year, player_id, "
        "player_lookup, player_name AS player_full_name, player_id AS bdl_player_id, 1 AS bdl_game_id, "
        "FALSE AS is_postseason, 'A' AS home_team_abbr, 'B' AS away_team_abbr, team_abbr, "
        "CASE player_id WHEN ? THEN ? ELSE '20' END AS minutes, points, field_goals_made, field_goals_attempted, "
        "three_pointers_made, three_pointers_attempted, free_throws_made, free_throws_attempted, offensive_rebounds, "
        "defensive_rebounds, total_rebounds, assists, steals, blocks, turnovers, personal_fouls, '' AS data_hash, "
        "now() AS processed_at FROM nba_raw.nbac_player_boxscore WHERE game_id = ?",
        man,
        printed,
        game,
    )
    assert set(both(changed, game).values()) == {"nbac_gamebook_player_stats"}
    for table in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
        changed.change(f"DELETE FROM nba_raw.{table} WHERE game_id = ?", game)
    found = both(changed, game)
    assert (man in found) is played
    assert set(found.values()) == {"bdl_player_boxscores"}


def test_a_line_of_neither_team_has_no_side(changed: Changed, game: str, man: int) -> None:
    """A man whose line names a team that does not play is no player of the home team: no row, and a record says why."""
    changed.change(
        "UPDATE nba_raw.nbac_gamebook_player_stats SET team_abbr = 'XXX' WHERE game_id = ? AND player_id = ?", game, man
    )
    (row,) = [
        row for row in changed.staged("player_game_summary", DAY) if row["game_id"] == game and row["player_id"] == man
    ]
    assert (row["team_abbr"], row["home_game"], row["opponent_team_abbr"], row["win_flag"]) == ("XXX", None, None, None)
    assert row["failure_category"] == "MISSING_DEPENDENCY"
    assert row["failure_reason"].endswith(f"is of neither team of game {game}")


def test_a_game_without_lines_has_no_side(changed: Changed, game: str) -> None:
    """The record of a final game of which nobody has a line names neither of its teams."""
    for source in ("nbac_gamebook_player_stats", "nbac_player_boxscore"):
        changed.change(f"DELETE FROM nba_raw.{source} WHERE game_id = ?", game)
    (row,) = [row for row in changed.staged("player_game_summary", DAY) if row["game_id"] == game]
    assert (row["team_abbr"], row["home_game"], row["opponent_team_abbr"]) == (None, None, None)
    assert row["failure_reason"] == f"no player line for final game {game}"
