"""Whose player a man is as of a game, to the day, and that who has left a team is no longer missed there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from processors.conftest import Changed

DAY = date(2021, 11, 14)
LATER = date(2021, 11, 19)
"""A date to which a game is moved, 31 days after opening day."""
NEWMAN = 1
"""A player who never played."""


def game_of(changed: Changed) -> tuple[str, str, str]:
    """A game of the last day and its teams."""
    return changed.ask(
        "SELECT game_id, home_team_tricode, away_team_tricode FROM nba_raw.nbac_schedule WHERE game_date = ? "
        "ORDER BY game_id LIMIT 1",
        DAY,
    )[0]


def snapshot(changed: Changed, team: str, day: date, players: list[int]) -> None:
    """A roster of a team, taken at noon."""
    for player in players:
        changed.change(
            "INSERT INTO nba_raw.espn_team_rosters BY NAME SELECT ? AS roster_date, 12 AS scrape_hour, "
            "? AS team_abbr, ? AS player_lookup, ? AS player_full_name, ? AS player_id, 'active' AS status, "
            "2021 AS season_year, '' AS data_hash, now() AS processed_at",
            day,
            team,
            f"man{player}",
            f"Man {player}",
            player,
        )


def listed(changed: Changed, game: str, day: date = DAY) -> dict[int, str]:
    """Team of everyone listed for a game."""
    rows = changed.staged("upcoming_player_game_context", day)
    return {row["player_id"]: row["team_abbr"] for row in rows if row["game_id"] == game}


@pytest.mark.parametrize(("age", "counts"), [(0, True), (1, True), (30, True), (31, False)])
def test_a_snapshot_counts_for_thirty_days(age: int, counts: bool, changed: Changed) -> None:
    """A snapshot of the thirtieth day before the game counts, the one of the day before that does not."""
    game, home, _ = game_of(changed)
    changed.change("DELETE FROM nba_raw.espn_team_rosters WHERE team_abbr = ?", home)
    snapshot(changed, home, DAY - timedelta(days=age), [NEWMAN])
    assert listed(changed, game).get(NEWMAN) == (home if counts else None)


@pytest.mark.parametrize(("age", "counts"), [(1, True), (30, True), (31, False)])
def test_an_appearance_counts_for_thirty_days(age: int, counts: bool, changed: Changed) -> None:
    """Who played on the thirtieth day before the game is of the roster, who played the day before that is not."""
    game, home, _ = game_of(changed)
    changed.change("DELETE FROM nba_raw.espn_team_rosters")
    changed.change(
        "UPDATE nba_raw.nbac_schedule SET game_date = ?, tipoff_at = tipoff_at + INTERVAL 5 DAY, game_status = 1 "
        "WHERE game_id = ?",
        LATER,
        game,
    )
    man, played = changed.ask(
        "SELECT player_id, MIN(game_date) FROM nba_analytics.player_game_summary WHERE team_abbr = ? "
        "GROUP BY 1 HAVING COUNT(*) > 5 ORDER BY 1 LIMIT 1",
        home,
    )[0]
    changed.change("DELETE FROM nba_analytics.player_game_summary WHERE player_id = ? AND game_date > ?", man, played)
    changed.change(
        "UPDATE nba_analytics.player_game_summary SET game_date = ? WHERE player_id = ?",
        LATER - timedelta(days=age),
        man,
    )
    assert listed(changed, game, LATER).get(man) == (home if counts else None)


def test_the_cup_final_is_no_sighting(changed: Changed) -> None:
    """It counts for rest and travel only: who was seen in it alone is not of the roster."""
    game, home, _ = game_of(changed)
    for table in ("espn_team_rosters", "nbac_injury_report"):
        changed.change(f"DELETE FROM nba_raw.{table}")
    (man,) = changed.ask(
        "SELECT player_id FROM nba_analytics.player_game_summary AS p WHERE team_abbr = ? AND game_date < ? "
        "AND player_id NOT IN (SELECT player_id FROM nba_analytics.player_game_summary WHERE game_date = ?) "
        "ORDER BY game_date DESC, 1 LIMIT 1",
        home,
        DAY,
        DAY,
    )[0]
    assert man in listed(changed, game)
    changed.change("UPDATE nba_analytics.player_game_summary SET season_type = 'Cup Final' WHERE player_id = ?", man)
    assert man not in listed(changed, game)


def out(changed: Changed, game: str, team: str) -> int | None:
    """How many starters of a team are out of a game."""
    rows = changed.staged("upcoming_team_game_context", DAY)
    return next(row["starters_out_count"] for row in rows if (row["game_id"], row["team_abbr"]) == (game, team))


@pytest.fixture
def starter(changed: Changed) -> tuple[str, str, str, int]:
    """A game, its home team and the other one, and a usual starter of the home team who is out by the report."""
    game, home, away = game_of(changed)
    (man,) = changed.ask(
        "SELECT player_id FROM nba_analytics.player_game_summary WHERE team_abbr = ? AND game_date < ? "
        "GROUP BY player_id HAVING COUNT(CASE WHEN starter_flag THEN 1 END) > 9 ORDER BY player_id LIMIT 1",
        home,
        DAY,
    )[0]
    for table in ("espn_team_rosters", "nbac_injury_report"):
        changed.change(f"DELETE FROM nba_raw.{table}")
    changed.change(
        "INSERT INTO nba_raw.nbac_injury_report BY NAME SELECT game_date - 1 AS report_date, 12 AS report_hour, "
        "g.game_id, 'man' AS player_lookup, ? AS player_id, 'Man' AS player_full_name, ? AS team, "
        "game_date, season_year, 'out' AS injury_status, '' AS data_hash, now() AS processed_at "
        "FROM nba_raw.nbac_schedule AS g WHERE game_id = ?",
        man,
        home,
        game,
    )
    return game, home, away, man


@pytest.mark.parametrize("how", ["waived", "traded"])
def test_who_has_left_is_not_out(how: str, starter: tuple[str, str, str, int], changed: Changed) -> None:
    """A starter missing from a newer roster, or on another team's, is not one of the team's men who are out."""
    game, home, away, man = starter
    assert out(changed, game, home) == 1
    others = [player for player, team in listed(changed, game).items() if team == home and player != man]
    if how == "waived":
        snapshot(changed, home, DAY - timedelta(days=1), others)
    else:
        snapshot(changed, away, DAY - timedelta(days=1), [man])
    assert out(changed, game, home) == 0


def test_who_is_on_a_newer_roster_is_still_out(starter: tuple[str, str, str, int], changed: Changed) -> None:
    """A newer roster that names him changes nothing."""
    game, home, _, man = starter
    others = [player for player, team in listed(changed, game).items() if team == home]
    snapshot(changed, home, DAY - timedelta(days=1), [*others, man])
    assert out(changed, game, home) == 1
