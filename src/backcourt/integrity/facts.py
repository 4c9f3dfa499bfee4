"""The facts of the game in the stored rows: which tables have dates on which one of them does not hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from backcourt.backfill.coverage import bounds
from backcourt.calendar import DateRange
from backcourt.catalog.facts import FACTS, Facts
from backcourt.catalog.views import COUNTED_TYPES, IN_RANGE, view
from backcourt.warehouse.base import Session


@dataclass(frozen=True, slots=True)
class BrokenFact:
    """A fact that does not hold in games of one date.

    Attributes:
        table: Full name of the table.
        fact: Name of the fact.
        day: The date.
        judged: Games on which it is judged.
        broken: Those in which it does not hold.
        example: One of them.
        words: What is the matter.
    """

    table: str
    fact: str
    day: date
    judged: int
    broken: int
    example: str
    words: str

    def __str__(self) -> str:
        """The finding in one line."""
        return f"{self.words}: {self.broken} of {self.judged} games, {self.example} first"


def broken_facts(session: Session, span: DateRange, tables: Collection[str] = ()) -> tuple[BrokenFact, ...]:
    """Every fact that does not hold, by table, fact and date.

    Args:
        session: An open session.
        span: The dates.
        tables: Full names of the only tables to judge; none for all that have facts.
    """
    chosen = [found for found in FACTS if not tables or found.table in tables]
    if not chosen:
        return ()
    words = {(found.table, fact.name): fact.broken for found in chosen for fact in found.facts}
    order = {key: number for number, key in enumerate(words)}
    rows = session.query(_statement(chosen), bounds(span)).to_pylist()
    found = [BrokenFact(**row, words=words[row["table"], row["fact"]]) for row in rows]
    return tuple(sorted(found, key=lambda item: (order[item.table, item.fact], item.day)))


def _statement(chosen: Collection[Facts]) -> str:
    names = {found.table: f"f_{found.table.rpartition('.')[2]}" for found in chosen}
    ctes = ",\n".join(f"{names[found.table]} AS ({_judged(found)})" for found in chosen)
    selects = " UNION ALL ".join(
        f"SELECT '{found.table}' AS `table`, '{fact.name}' AS fact, day, COUNT(DISTINCT game_id) AS judged, "
        f"COUNT(DISTINCT IF({fact.name}, NULL, game_id)) AS broken, MIN(IF({fact.name}, NULL, game_id)) AS example "
        f"FROM {names[found.table]} WHERE {fact.name} IS NOT NULL GROUP BY day"
        for found in chosen
        for fact in found.facts
    )
    return f"""
WITH games AS (
  SELECT * FROM nba_raw.nbac_schedule WHERE game_date {IN_RANGE} AND season_type IN {COUNTED_TYPES}
),
sides AS (
  SELECT
    game_id, home_team_tricode AS team_abbr, away_team_tricode AS opponent_abbr, TRUE AS is_home,
    home_team_score AS score, away_team_score AS opponent_score, 60 * (240 + 25 * (periods - 4)) AS exact_seconds
  FROM games
  UNION ALL
  SELECT
    game_id, away_team_tricode, home_team_tricode, FALSE, away_team_score, home_team_score,
    60 * (240 + 25 * (periods - 4))
  FROM games
),
-- Half of a box score, a doubled one, or one with a wrong score says nothing about other tables.
boxes AS (
  SELECT b.*
  FROM nba_raw.nbac_team_boxscore AS b
  INNER JOIN games AS g ON g.game_id = b.game_id
  WHERE b.game_date {IN_RANGE}
  QUALIFY COUNT(*) OVER (PARTITION BY b.game_id) = 2
    AND SUM(b.points) OVER (PARTITION BY b.game_id) = MAX(g.home_team_score + g.away_team_score) OVER (
      PARTITION BY b.game_id
    )
),
played AS (
  SELECT game_id, COUNT(*) AS n FROM ({view("appearances", IN_RANGE)}) GROUP BY game_id
),
{ctes}
SELECT * FROM ({selects}) WHERE broken > 0"""


FACT_NAMES = frozenset(fact.name for found in FACTS for fact in found.facts)
"""Fields of gaps in which a fact does not hold."""


def _judged(found: Facts) -> str:
    """SELECT of a table's games or teams with a flag per fact: whether it holds, NULL where it is not judged."""
    team = f", {found.team} AS team" if found.team else ""
    figures = ", ".join(f"{value} AS {name}" for name, value in found.figures.items())
    flags = ", ".join(f"IF({fact.when}, COALESCE({fact.holds}, FALSE), NULL) AS {fact.name}" for fact in found.facts)
    joins = ""
    if found.team:
        joins += "\n  LEFT JOIN sides AS s ON s.game_id = r.game_id AND s.team_abbr = r.team"
    else:
        joins += "\n  INNER JOIN games AS s ON s.game_id = r.game_id"
    if found.box:
        joins += "\n  LEFT JOIN boxes AS b ON b.game_id = r.game_id AND b.team_abbr = r.team"
        joins += "\n  LEFT JOIN boxes AS o ON o.game_id = r.game_id AND o.team_abbr = s.opponent_abbr"
    rows = f"""
    SELECT game_id, game_date AS day{team}, {figures}
    FROM {found.table} WHERE game_date {IN_RANGE} AND game_id IN (SELECT game_id FROM games)
    GROUP BY game_id, day{", team" if team else ""}"""
    whole = ""
    if found.whole:
        # Rows that are missing are found elsewhere; here they would be sums that do not add up.
        joins += "\n  INNER JOIN played AS p ON p.game_id = r.game_id"
        rows = f"SELECT *, SUM(n) OVER (PARTITION BY game_id) AS everyone FROM ({rows})"
        whole = "\n  WHERE r.everyone = p.n"
    return f"""
  SELECT r.game_id, r.day, {flags}
  FROM ({rows}) AS r{joins}{whole}
"""
