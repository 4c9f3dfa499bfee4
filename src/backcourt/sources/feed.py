"""What is loaded: the feeds, which say what columns rows have and what is judged as a whole, and a batch of their rows.

A feed has the shape of a file in a season's folder, or of what a parser makes of payloads; one SQL file judges its rows
either way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from backcourt.calendar import season_year
from backcourt.warehouse.arrow import arrow_type as catalog_type
from backcourt.warehouse.arrow import types_of as stored_types

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "whole", "number", "minutes", "flag", "date", "time"]

_WORDS: Mapping[Kind, str] = {
    "text": "text",
    "whole": "whole numbers",
    "number": "numbers",
    "minutes": "whole numbers or text (MM:SS)",
    "flag": "true or false",
    "date": "dates",
    "time": "timestamps",
}


UNKNOWN_PAYLOAD = "(landing zone)"
"""What stands for the file of a row in the quarantine if nobody knows which payload brought it."""
EXHIBITION = "exhibition_game"
"""Rule that leaves a game out, whatever else is wrong with it: no table has room for guests."""


def words_of(kind: Kind) -> str:
    """What a column of a kind holds, in words."""
    return _WORDS[kind]


@dataclass(frozen=True, slots=True)
class Feed:
    """The shape of rows that are loaded together: of a file in a season's folder, or of a source's payloads.

    Attributes:
        stem: Its name: of its SQL, of its staged form, and of a folder's file without .parquet.
        table: Raw table that it fills.
        columns: The columns that are read, with the kind of values.
        unit: Column of the table, or columns with blanks between them, that name what is held back as a whole: the
            game, or team, player, date.
        required: False if a folder may be without it.
        names: Columns that make up the player's name, in order; empty if the file has none.
        team: Column of the table with the team, empty if it has none.
        whole_season: True if a payload is the season's complete list, so that what it lacks is removed. A file of a
            folder never is: a folder may hold a part of the season.
        optional: Columns that a file may be without; they are NULL then.
        row_rules: Rules that hold back the row that breaks them alone; the rest of its unit is loaded.
        left_out: Those of them that name what no correction and no decision will mend: their rows are left out and
            counted, not quarantined.
    """

    stem: str
    table: str
    columns: Mapping[str, Kind]
    unit: str = "game_id"
    required: bool = False
    names: tuple[str, ...] = ()
    team: str = ""
    whole_season: bool = False
    optional: frozenset[str] = frozenset()
    row_rules: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    @property
    def file_name(self) -> str:
        """File name with extension."""
        return f"{self.stem}.parquet"

    @property
    def has_season(self) -> bool:
        """True if the rows name their season."""
        return "season" in self.columns


def kinds(**columns: Kind | str) -> dict[str, Kind]:
    """Columns by kind: text="a b c", whole="d e"."""
    return {name: kind for kind, names in columns.items() for name in names.split()}  # type: ignore[misc]


_TYPES: Mapping[Kind, str] = {
    "text": "STRING",
    "whole": "INT64",
    "number": "FLOAT64",
    "minutes": "INT64",
    "flag": "BOOL",
    "date": "DATE",
    "time": "TIMESTAMP",
}


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type that stands for a kind."""
    return catalog_type(_TYPES[kind])


def types_of(feed: Feed, stored: pa.Schema) -> dict[str, str]:
    """BigQuery's type of each column that is read, as declared.

    Args:
        feed: What the rows are.
        stored: The types they come in: minutes are whole numbers or text (MM:SS), as a file has them.
    """
    own = stored_types(stored)
    return {name: own[name] if kind == "minutes" else _TYPES[kind] for name, kind in feed.columns.items()}


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one season that are loaded together, with the form of each of their feeds.

    Attributes:
        origin: The season's folder with the files; None if payloads brought the rows, which are a part of the season.
        season: Season label, the same in every row.
        feeds: The feeds that are there, in the order of loading.
        names: Distinct player names of all feeds.
        rows: The rows by the feed's stem; those of a folder's other feeds are read from its files.
        payloads: Each unit (game, team, player or date) with each of the payloads that brought it.
        not_whole: What is wrong with the rows of games that are there in part, by game id; those are held back.
    """

    origin: Path | None
    season: str
    feeds: tuple[Feed, ...]
    names: pa.Array[Any]
    rows: Mapping[str, pa.Table]
    payloads: Collection[tuple[str, str]] = ()
    not_whole: Mapping[str, str] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """First year of the season."""
        return season_year(self.season)


TEAM_COLUMNS = frozenset(
    {
        *("home_abbreviation", "away_abbreviation", "team_abbreviation", "team_tricode", "team", "home", "away"),
        *("player_team", "outcome_name"),
        *(f"player{place}_team_abbreviation" for place in (1, 2, 3)),
        *(f"player_{place}_team" for place in (1, 2, 3)),
    }
)
"""Columns of files and feeds that hold the NBA's codes of teams."""
