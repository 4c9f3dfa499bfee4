"""What a season consists of: which parts are loaded, for how many games, and how to add what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.answers.model import Rows
from backcourt.calendar import DateRange, longest_season, season_label, season_year
from backcourt.catalog import TABLES
from backcourt.catalog.views import IN_RANGE, SqlFiles
from backcourt.warehouse.base import Session, Value

_SQL = SqlFiles("backcourt.integrity")
_ALWAYS = DateRange(date.min, date.max)
_IN_BULK = "backcourt fetch season {season}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a season.

    Attributes:
        name: What it is called.
        tables: Full names of the raw tables that hold it; the first is the one to fill.
        enables: What is computed from it.
        add: The command that gets it; ``{season}`` is the season.
        key: True if its service wants a key.
        of: What it is counted in.
    """

    name: str
    tables: tuple[str, ...]
    enables: str
    add: str
    of: str = "games"
    key: bool = False

    @property
    def in_words(self) -> str:
        """What is computed from it, and in which tables that read it themselves."""
        readers = (
            table.short for table in TABLES if any(upstream.table in self.tables for upstream in table.upstreams)
        )
        return f"{self.enables} ({', '.join(readers)}){'; the service wants a key' if self.key else ''}"


PARTS = (
    Part("schedule", ("nba_raw.nbac_schedule",), "dates, sides and scores", _IN_BULK),
    Part("team lines", ("nba_raw.nbac_team_boxscore",), "figures of teams", _IN_BULK),
    Part(
        "player lines",
        ("nba_raw.nbac_player_boxscore", "nba_raw.nbac_gamebook_player_stats", "nba_raw.bdl_player_boxscores"),
        "figures of players",
        _IN_BULK,
    ),
    Part(
        "MM:SS and DNP",
        ("nba_raw.nbac_gamebook_player_stats",),
        "exact minutes, starters, reasons for not playing",
        "backcourt fetch source nbac_gamebook --season {season}",
    ),
    Part("shots", ("nba_raw.nbac_shot_chart",), "shot zones", _IN_BULK),
    Part(
        "play-by-play",
        ("nba_raw.nbac_play_by_play",),
        "assisted and unassisted baskets, blocks by zone",
        _IN_BULK + " --play-by-play",
    ),
    Part(
        "birth dates",
        ("nba_raw.nbac_player_list_current",),
        "age",
        "backcourt fetch source nbac_player_list --season {season}",
        of="players",
    ),
    Part(
        "game lines",
        ("nba_raw.odds_api_game_lines",),
        "spread and total",
        "backcourt fetch source odds_game_lines --season {season}",
        key=True,
    ),
    Part(
        "points lines",
        ("nba_raw.odds_api_player_points_props",),
        "points lines and their movement",
        "backcourt fetch source odds_api_props --season {season}",
        key=True,
    ),
    Part(
        "injury reports",
        ("nba_raw.nbac_injury_report",),
        "who is out",
        "backcourt fetch source nbac_injury_report --season {season}",
    ),
)
"""Every part, the needed ones first."""


@dataclass(frozen=True, slots=True)
class Held:
    """A part of a season as a warehouse holds it.

    Attributes:
        season: Season label.
        part: Name of the part.
        covered: Final games, or players who played, of which there are rows that count.
        of: All of the season's final games, or players who played.
        unit: "games" or "players".
        tables: Full names of the raw tables that hold rows of it, the one that covers the most first.
        enables: What is computed from it.
        add: The command that adds what is missing; "" if nothing is.
    """

    season: str
    part: str
    covered: int
    of: int
    unit: str
    tables: tuple[str, ...]
    enables: str
    add: str

    @property
    def in_words(self) -> str:
        """How much of it is there."""
        if not self.covered:
            return f"none of {self.of:,} {self.unit}" if self.of else "none"
        return (
            f"{self.covered:,} of {self.of:,} {self.unit}" if self.covered < self.of else f"all {self.of:,} {self.unit}"
        )

    @property
    def source(self) -> str:
        """The raw table that covers the most, and how many others there are; "" if nothing is there."""
        more = f" and {len(self.tables) - 1} more" if len(self.tables) > 1 else ""
        return "".join(self.tables[:1]).rpartition(".")[2] + more


def parts(session: Session, season: str = "") -> tuple[Held, ...]:
    """The parts of every season with a final game, the oldest season first.

    Args:
        session: An open session.
        season: Only this season; "" for all.
    """
    found: dict[tuple[int, str], dict[str, int]] = {}
    span = longest_season(season_year(season)) if season else _ALWAYS
    parameters: dict[str, Value] = {"season": season, "start_date": span.start, "end_date": span.end}
    for row in session.query(_SQL("season_parts", within=IN_RANGE), parameters).to_pylist():
        found.setdefault((row["season_year"], row["part"]), {})[row["table_name"]] = row["covered"]
    return tuple(_held(year, part, found) for year in sorted({year for year, _ in found}) for part in PARTS)


def _held(year: int, part: Part, found: Mapping[tuple[int, str], Mapping[str, int]]) -> Held:
    label, of = season_label(year), found.get((year, part.of), {}).get("", 0)
    by_table = found.get((year, part.name), {})
    covered = by_table.get("", 0)
    tables = tuple(sorted(filter(None, by_table), key=lambda name: (-by_table[name], part.tables.index(name))))
    add = part.add.format(season=label) if covered < of else ""
    return Held(label, part.name, covered, of, part.of, tables, part.in_words, add)


def listed(found: Sequence[Held]) -> list[Rows | str]:
    """The parts as a table, and a line for each that is not whole: what it is for, and the command that adds it."""
    rows = [(held.season, held.part, held.in_words, held.source) for held in found]
    table = Rows(("season", "part", "covered", "from"), rows, (), "what each season consists of")
    lacking = [f"{h.season} {h.part}, for {h.enables}:\n  {h.add}" for h in found if h.add]
    return [table, *lacking] if found else []
