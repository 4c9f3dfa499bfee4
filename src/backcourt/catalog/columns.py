"""Columns that many tables share, defined once so that they mean the same everywhere."""

from __future__ import annotations

from backcourt.catalog.model import Column
from backcourt.catalog.types import day, flag, integer, text

GAME = text("game_id", 'NBA game id, 10 characters with leading zeros: "0022100001"', required=True)
GAME_DATE = day("game_date", "local date of the game, from the schedule", required=True)
SEASON_YEAR = integer("season_year", "first year of the season: 2021 for 2021-22", "year", required=True)
PLAYER_ID = integer("player_id", "NBA person id", "id", required=True)
RESOLVED_ID = integer("player_id", "NBA person id, NULL until the name is resolved", "id")


def team_code(name: str, description: str, *, required: bool = False) -> Column:
    """A column with one of the 30 NBA tricodes."""
    return text(name, f"{description} (NBA tricode)", required=required)


def lookup(name: str = "player_lookup") -> Column:
    """A column with a normalised player name."""
    return text(name, "normalised name: ASCII, lower case, letters and digits, suffix kept", required=True)


COUNTS: tuple[Column, ...] = (
    integer("points", "points scored", "points"),
    integer("field_goals_made", "field goals made, threes included"),
    integer("field_goals_attempted", "field goals attempted, threes included"),
    integer("three_pointers_made", "three-point field goals made"),
    integer("three_pointers_attempted", "three-point field goals attempted"),
    integer("free_throws_made", "free throws made"),
    integer("free_throws_attempted", "free throws attempted"),
    integer("offensive_rebounds", "rebounds of own team's misses"),
    integer("defensive_rebounds", "rebounds of the opponent's misses"),
    integer("total_rebounds", "offensive plus defensive rebounds"),
    integer("assists", "assists"),
    integer("steals", "steals"),
    integer("blocks", "opponent's shots blocked"),
    integer("turnovers", "turnovers"),
    integer("personal_fouls", "personal fouls"),
)
"""The counting part of a player's box-score line; NULL in lines of players who did not play."""

PLAYER_LINE: tuple[Column, ...] = (
    GAME,
    GAME_DATE,
    SEASON_YEAR,
    PLAYER_ID,
    text("player_name", "name as the source prints it", required=True),
    lookup(),
    team_code("team_abbr", "player's team in this game", required=True),
    team_code("opponent_team_abbr", "the other team", required=True),
    flag("is_home", "TRUE if his team is the schedule's home team", required=True),
    *COUNTS,
    integer("plus_minus", "score margin while he was on the court", "points"),
)
"""A player's box-score line in the league's sources, without the minutes."""
