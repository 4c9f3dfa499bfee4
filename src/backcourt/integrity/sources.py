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
from backcourt.catalog.views import COUNTED_TYPES, IN_RANGE
from backcourt.warehouse.base import Session

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
            men whom one source of players has and the other lacks (m).
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
    sums = "".join(f", {value} AS {name}" for name, value in source.summed.items())
    # A source of which a season has nothing was not loaded for it.
    loaded = (
        "TRUE"
        if source.table in NEEDED
        else f"s.season_year IN (SELECT season_year FROM {source.table} GROUP BY season_year)"
    )
    return f"""
SELECT
  '{source.table}' AS `table`, s.game_date AS day, COUNT(*) AS games, COUNTIF(r.n > 0) AS present,
  COUNTIF(r.n > 0 AND r.n = r.keys AND {source.whole}) AS whole, COUNTIF(r.n > r.keys) AS doubled,
  MIN(IF(r.n > 0 AND r.n = r.keys AND {source.whole}, NULL, s.game_id)) AS example,
  STRING_AGG(IF(r.n > 0 AND {source.whole} AND NOT {source.exact}, s.game_id, NULL), ',' ORDER BY s.game_id) AS near
FROM games AS s
LEFT JOIN (
  SELECT game_id, COUNT(*) AS n, COUNT(DISTINCT {found.key[1]}) AS keys{sums}
  FROM {source.table} WHERE {found.partition} {IN_RANGE} GROUP BY game_id
) AS r ON r.game_id = s.game_id
LEFT JOIN boxes AS b ON b.game_id = s.game_id AND b.points = s.home_team_score + s.away_team_score
LEFT JOIN men AS m ON m.game_id = s.game_id
WHERE {loaded}
GROUP BY s.game_date"""


_STATEMENT = f"""
WITH games AS (
  SELECT game_id, game_date, season_year, home_team_score, away_team_score FROM nba_raw.nbac_schedule
  WHERE game_date {IN_RANGE} AND season_type IN {COUNTED_TYPES} AND game_status = 3
),
boxes AS (
  -- A box score that was loaded twice is still one box score; half of one, or one with a wrong score, says nothing
  -- about other sources.
  SELECT game_id, SUM(fg_made) AS fg_made, SUM(fg_attempted) AS fg_attempted,
    {", ".join(f"{value} AS {name}" for name, value in _SUMS.items())}
  FROM (
    SELECT DISTINCT game_id, team_abbr, fg_made, fg_attempted, {", ".join(_SUMMED)}
    FROM nba_raw.nbac_team_boxscore WHERE game_date {IN_RANGE}
  )
  GROUP BY game_id
  HAVING COUNT(*) = 2
),
-- A line of 0 whole minutes may be in one source alone.
men AS (
  SELECT
    game_id,
    COUNTIF(in_box AND NOT in_book AND minutes > 0) AS no_book,
    COUNTIF(in_book AND NOT in_box AND seconds_played > 0) AS no_box
  FROM (
    SELECT
      game_id, player_id, LOGICAL_OR(is_box) AS in_box, LOGICAL_OR(NOT is_box) AS in_book, MAX(minutes) AS minutes,
      MAX(seconds_played) AS seconds_played
    FROM (
      SELECT game_id, player_id, TRUE AS is_box, minutes, 0 AS seconds_played
      FROM nba_raw.nbac_player_boxscore WHERE game_date {IN_RANGE}
      UNION ALL
      SELECT game_id, player_id, FALSE, 0, seconds_played
      FROM nba_raw.nbac_gamebook_player_stats WHERE game_date {IN_RANGE}
    )
    GROUP BY game_id, player_id
  )
  GROUP BY game_id
  HAVING LOGICAL_OR(in_box) AND LOGICAL_OR(in_book)
)
{" UNION ALL ".join(_select(source) for source in SOURCES)}
"""
