"""Raw tables that know players by name only: where each keeps the name, its context and the source's own id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backcourt.catalog import table
from backcourt.catalog.model import Table


@dataclass(frozen=True, slots=True)
class Carrier:
    """A raw table whose ``player_id`` is NULL until its names are resolved.

    Attributes:
        table: The table.
        team: Column with the player's team; "" if the source has none, and his games tell.
        day: Column with the date on which the name was seen; "" if the table has none.
        source_id: Column with the source's own id of the player; "" if it has none.
    """

    table: Table
    team: str = ""
    day: str = "game_date"
    source_id: str = ""

    @property
    def has_games(self) -> bool:
        """True if a row belongs to a game."""
        return any(column.name == "game_id" for column in self.table.columns)

    def team_of(self, alias: str) -> str:
        """SQL text of the team of a row, "" where the source has none."""
        return f"COALESCE({alias}.{self.team}, '')" if self.team else "''"


CARRIERS: Mapping[str, Carrier] = {
    carrier.table.name: carrier
    for carrier in (
        Carrier(table("bdl_player_boxscores"), "team_abbr", source_id="bdl_player_id"),
        Carrier(table("bdl_active_players"), "team_abbr", "as_of_date", "bdl_player_id"),
        Carrier(table("bdl_injuries"), "team_abbr", "as_of_date", "bdl_player_id"),
        Carrier(table("br_rosters_current"), "team_abbrev", "", "bref_id"),
        Carrier(table("espn_team_rosters"), "team_abbr", "roster_date", "espn_player_id"),
        Carrier(table("espn_boxscore"), "team_abbr", source_id="espn_player_id"),
        Carrier(table("nbac_injury_report"), "team"),
        Carrier(table("odds_api_player_points_props")),
        Carrier(table("bettingpros_player_points_props"), "validated_team"),
    )
}
"""Every carrier by the name of its table."""


HOLDING = "nbac_gamebook_player_stats"
"""Raw table that knows players by name only and holds a game back until all of its names have a player."""


def with_ids(found: Table, sql: str, extra: Sequence[str]) -> str:
    """A SELECT of rows of a table, its names replaced by ids as far as they are decided; others come out unchanged.

    Args:
        found: The table.
        sql: A SELECT of its columns (player_id NULL where the source has none) and the extra ones; it takes @season.
        extra: Columns that are not the table's.
    """
    if found.name not in CARRIERS:
        return sql
    columns = [
        f"COALESCE(x.{column.name}, d.{column.name}) AS {column.name}"
        if column.name == "player_id"
        else f"x.{column.name}"
        for column in found.business_columns
    ]
    return (
        f"SELECT {', '.join([*columns, *(f'x.{name}' for name in extra)])} FROM ({sql.rstrip()}\n) AS x "
        f"LEFT JOIN nba_reference.name_decisions AS d ON d.source = '{found.name}' AND d.season = @season "
        f"AND d.player_lookup = x.player_lookup AND d.team_abbr = {CARRIERS[found.name].team_of('x')}"
    )
