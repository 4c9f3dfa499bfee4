"""What is said of a player while a name of a source has no player yet: nothing, never the contrary."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from processors.conftest import Changed

DAY = date(2021, 11, 14)
NAME = "upcoming_player_game_context"


def context(changed: Changed, game: str) -> dict[int, dict[str, object]]:
    """The rows of a game by player."""
    return {row["player_id"]: row for row in changed.staged(NAME, DAY) if row["game_id"] == game}


def test_a_line_of_a_pending_name_may_be_anybodys(changed: Changed) -> None:
    """With a line whose player is unknown, whoever has no line may have it: NULL; whoever has one, has one."""
    game, man = changed.ask(
        "SELECT game_id, MIN(player_id) FROM nba_raw.odds_api_player_points_props WHERE game_date = ? "
        "GROUP BY 1 ORDER BY 1 LIMIT 1",
        DAY,
    )[0]
    before = context(changed, game)
    assert {row["has_prop_line"] for row in before.values()} == {True, False}
    changed.change(
        "UPDATE nba_raw.odds_api_player_points_props SET player_id = NULL WHERE game_id = ? AND player_id = ?",
        game,
        man,
    )
    after = context(changed, game)
    for player, row in after.items():
        had = before[player]["has_prop_line"] and player != man
        assert row["has_prop_line"] is (True if had else None), player
    assert after[man]["current_points_line"] is None


def test_a_game_of_pending_names_only(changed: Changed) -> None:
    """If no name of a game's lines has a player yet, nobody knows who has a line."""
    (game,) = changed.ask("SELECT MIN(game_id) FROM nba_raw.odds_api_player_points_props WHERE game_date = ?", DAY)[0]
    changed.change("UPDATE nba_raw.odds_api_player_points_props SET player_id = NULL WHERE game_id = ?", game)
    assert {row["has_prop_line"] for row in context(changed, game).values()} == {None}


def test_a_roster_does_not_rename_a_player(changed: Changed) -> None:
    """Who has played is called as the box score prints him, however a newer roster spells him."""
    game, man, name = changed.ask(
        f"SELECT game_id, player_id, player_full_name FROM nba_analytics.{NAME} WHERE game_date = ? "
        "AND games_played_season > 5 AND listing = 'roster' ORDER BY ALL LIMIT 1",
        DAY,
    )[0]
    changed.change(
        "UPDATE nba_raw.espn_team_rosters SET player_full_name = 'Misspelt', player_lookup = 'misspelt' "
        "WHERE player_id = ?",
        man,
    )
    row = context(changed, game)[man]
    assert (row["player_full_name"], row["player_lookup"] == "misspelt") == (name, False)


def test_a_report_of_a_pending_name_may_be_any_team_mates(changed: Changed) -> None:
    """With a man of the team in the report whom nobody knows, the status of those it does not name is unknown."""
    changed.change("DELETE FROM nba_raw.nbac_injury_report WHERE game_date = ? AND report_date = game_date", DAY)
    game, man, team = changed.ask(
        "SELECT game_id, player_id, team FROM nba_raw.nbac_injury_report WHERE game_date = ? "
        "AND injury_status <> 'available' ORDER BY report_date DESC, report_hour DESC, 1, 2 LIMIT 1",
        DAY,
    )[0]
    named = {
        player for (player,) in changed.ask("SELECT player_id FROM nba_raw.nbac_injury_report WHERE game_id = ?", game)
    }
    before = context(changed, game)
    assert {row["player_status"] for player, row in before.items() if player not in named} == {"available"}
    changed.change(
        "UPDATE nba_raw.nbac_injury_report SET player_id = NULL WHERE game_id = ? AND player_id = ?", game, man
    )
    after = context(changed, game)
    for player, row in after.items():
        unknown = row["team_abbr"] == team and (player not in named or player == man)
        known = before[player]["player_status"] if player in before else None
        assert row["player_status"] == (None if unknown else known), player
    assert {row["player_status"] for row in after.values() if row["team_abbr"] != team} >= {"available"}
