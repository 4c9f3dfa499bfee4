"""The raw tables against the schedule and each other: which final games a source has whole, in part or not at all.

A source of which a season holds nothing at all was not loaded for it, and is judged only if the pipeline cannot do
without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from backcourt.backfill.coverage import bounds
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.views import IN_RANGE, SqlFiles
from backcourt.warehouse.base import Session

_SQL = SqlFiles("backcourt.integrity")
_SUMMED = (
    "points",
    "offensive_rebounds",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "personal_fouls",
)
"""What the players of a game add up to the teams' figures in, in every game of the four real seasons."""


@dataclass(frozen=True, slots=True)
class SourceDate:
    """One raw table on one date with final games.

    Attributes:
        table: Full name.
        day: The date.
        games: Final games.
        present: Those of which there are rows.
        whole: Those whose rows agree with the schedule and the team box score.
        doubled: Those with a second row of one key.
        example: One of the games that are not whole; "" if all are.
        near: Games that are off by as little as sources of sound seasons are, joined by commas; "" without any. Whether
            a row is missing there, only those know who read the game before.
    """

    table: str
    day: date
    games: int
    present: int
    whole: int
    doubled: int
    example: str
    near: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    """A raw table with rows for every final game.

    Attributes:
        table: Full name.
        whole: Condition on the game's rows (alias r: n and the sums), its schedule (s), its team box score (b) and the
            players who are in one source of players and not in the other (m).
        summed: Sums over the game's rows by name.
        exact: Condition on the same for a game that is whole, with nothing to spare.
    """

    table: str
    whole: str
    summed: Mapping[str, str] = field(default_factory=dict)
    exact: str = "TRUE"


_SUMS = {name: f"SUM({name})" for name in _SUMMED}
_ADDS_UP = " AND ".join(f"COALESCE(b.{name} = r.{name}, TRUE)" for name in _SUMMED)
SOURCES = (
    _Source(
        "nba_raw.nbac_team_boxscore",
        "r.n = 2 AND r.points = s.home_team_score + s.away_team_score",
        {"points": "SUM(points)"},
    ),
    # Whoever played has a line in both sources of players, in every game of the real seasons that have both.
    _Source("nba_raw.nbac_player_boxscore", f"{_ADDS_UP} AND COALESCE(m.no_box = 0, TRUE)", _SUMS),
    _Source("nba_raw.nbac_gamebook_player_stats", f"{_ADDS_UP} AND COALESCE(m.no_book = 0, TRUE)", _SUMS),
    # The shot chart and the box score differ by a shot in three games of the four real seasons.
    _Source(
        "nba_raw.nbac_shot_chart",
        "COALESCE(ABS(r.n - b.fg_attempted) <= 1, TRUE)",
        exact="COALESCE(r.n = b.fg_attempted, TRUE)",
    ),
    _Source(
        "nba_raw.nbac_play_by_play",
        "COALESCE(r.made = b.fg_made AND ABS(r.made + r.missed - b.fg_attempted) <= 1, TRUE)",
        {"made": "COUNTIF(event_type = 1)", "missed": "COUNTIF(event_type = 2)"},
        "COALESCE(r.made + r.missed = b.fg_attempted, TRUE)",
    ),
)
"""The raw tables that hold rows of every final game."""
NEEDED = frozenset({"nba_raw.nbac_team_boxscore", "nba_raw.nbac_player_boxscore"})
"""Those without which nothing is computed."""


def source_dates(session: Session, span: DateRange) -> tuple[SourceDate, ...]:
    """Every raw table on every date of the range that has final games, in the order of the tables, then by date."""
    order = [source.table for source in SOURCES]
    rows = session.query(_STATEMENT, bounds(span)).to_pylist()
    found = [SourceDate(**{**row, "example": row["example"] or "", "near": row["near"] or ""}) for row in rows]
    return tuple(sorted(found, key=lambda item: (order.index(item.table), item.day)))


def _select(source: _Source) -> str:
    """Games of one source by date."""
    found = table(source.table)
    return _SQL(
        "source_dates_of_table",
        source=source.table,
        whole=source.whole,
        exact=source.exact,
        key=found.key[1],
        date_column=str(found.partition),
        sums=_columns({"n": "COUNT(*)", **source.summed}),
        needed=str(source.table in NEEDED).upper(),
    )


def _columns(sums: Mapping[str, str]) -> str:
    return ", ".join(f"{value} AS {name}" for name, value in sums.items())


_STATEMENT = _SQL(
    "source_dates",
    IN_RANGE,
    sums=_columns(_SUMS),
    summed=", ".join(_SUMMED),
    selects=" UNION ALL ".join(_select(source) for source in SOURCES),
)
