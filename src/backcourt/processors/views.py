"""Parts whose rows stand for raw tables in fingerprints: what a computation sees of them, not all that they hold.

A box-score line that a better source replaces, or a price that came after tip-off, is read by nothing: whoever corrects
it changes no row, and makes no date due.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backcourt.catalog import table
from backcourt.catalog.model import Column, Table
from backcourt.catalog.views import IN_RANGE, view


@dataclass(frozen=True, slots=True)
class View:
    """A part that is read game by game, or date by date.

    Attributes:
        name: Name of the part; it selects game_id, game_date and season_year among others.
        stands_for: Full names of the raw tables that its readers read through it alone, the first one in its name.
        more: Columns that are text and of none of these tables.
        table: Its columns, as those of a table.
    """

    name: str
    stands_for: tuple[str, ...]
    more: tuple[str, ...] = ()
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        """Take the columns over."""
        columns = {column.name: column for name in self.stands_for for column in table(name).business_columns}
        columns |= {name: Column(name, "STRING", f"of the part {self.name}") for name in self.more}
        found = Table(self.name, "parts", "raw", "", (), tuple(columns.values()), "", partition="game_date")
        object.__setattr__(self, "table", found)


VIEWS = {
    found.name: found
    for found in (
        View(
            "box_lines",
            ("nba_raw.nbac_gamebook_player_stats", "nba_raw.nbac_player_boxscore", "nba_raw.bdl_player_boxscores"),
            ("primary_source_used",),
        ),
        View("known_injuries", ("nba_raw.nbac_injury_report",)),
        View("known_lines", ("nba_raw.odds_api_game_lines",)),
        View("known_props", ("nba_raw.odds_api_player_points_props",)),
    )
}
"""The views by name."""


def source(name: str) -> Table:
    """The columns of a table, by full name, or of a view."""
    return VIEWS[name].table if name in VIEWS else table(name)


def rows_of(found: Table) -> str:
    """What stands behind FROM: a table, or in brackets a view's rows from @start_date to @end_date."""
    return f"({view(found.name, IN_RANGE)})" if found.name in VIEWS else found.full_name
