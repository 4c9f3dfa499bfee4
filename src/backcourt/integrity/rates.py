"""Failure rates by week since opening day, beside what is usual at that time of a season."""

from __future__ import annotations

from dataclasses import dataclass

from backcourt.backfill.coverage import bounds, tracked
from backcourt.calendar import DateRange
from backcourt.processors.bands import Band, band_of
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session


@dataclass(frozen=True, slots=True)
class Rate:
    """Failures of one category in one table over one week since opening day.

    Attributes:
        season: Season label.
        table: Abbreviation of the table.
        category: Failure category.
        first_day: First game date of the week in the range, as days since opening day.
        last_day: Last one.
        candidates: Candidates of these dates.
        failures: Failure records.
    """

    season: str
    table: str
    category: str
    first_day: int
    last_day: int
    candidates: int
    failures: int

    @property
    def percent(self) -> float:
        """Failure records in percent of the candidates, one decimal."""
        return round(100 * self.failures / self.candidates, 1) if self.candidates else 0.0

    @property
    def days(self) -> str:
        """The days for people."""
        return str(self.first_day) if self.first_day == self.last_day else f"{self.first_day}-{self.last_day}"

    @property
    def band(self) -> Band | None:
        """What is usual; known for players under 10 games in PSZA only."""
        if (self.table, self.category) != ("PSZA", "INSUFFICIENT_DATA"):
            return None
        return band_of(self.last_day)


def rates(session: Session, span: DateRange) -> tuple[Rate, ...]:
    """Failures by season, table, category and week since opening day.

    A week without a failure of a category that the table has elsewhere in the range is 0; bootstrap dates have no
    candidates and are left out.
    """
    return tuple(Rate(**row) for row in session.query(_STATEMENT, bounds(span)).to_pylist())


_SHORT = " ".join(f"WHEN '{processor.table.full_name}' THEN '{processor.table.short}'" for processor in registry())
_STATEMENT = f"""
WITH {tracked(registry())},
failures AS (
  SELECT processor_name, analysis_date, failure_category, COUNT(*) AS failures
  FROM records
  GROUP BY processor_name, analysis_date, failure_category
),
days AS (
  -- Weeks end on day 21, 28, 35 ... as the bands do; the last band begins inside one.
  SELECT
    t.table_name, t.game_date, t.candidates, d.day_number, d.season_year,
    CAST(FLOOR((d.day_number - 1) / 7) AS INT64) AS week,
    d.day_number >= 60 AS late
  FROM tracked AS t
  INNER JOIN dates AS d ON d.game_date = t.game_date
),
periods AS (
  SELECT
    season_year, week, late, table_name, MIN(day_number) AS first_day, MAX(day_number) AS last_day,
    CAST(SUM(candidates) AS INT64) AS candidates
  FROM days
  GROUP BY season_year, week, late, table_name
)
SELECT
  CONCAT(FORMAT('%d', p.season_year), '-', FORMAT('%02d', MOD(p.season_year + 1, 100))) AS season,
  CASE p.table_name {_SHORT} END AS `table`,
  k.failure_category AS category,
  MIN(p.first_day) AS first_day,
  MIN(p.last_day) AS last_day,
  MIN(p.candidates) AS candidates,
  CAST(COALESCE(SUM(f.failures), 0) AS INT64) AS failures
FROM periods AS p
INNER JOIN (SELECT DISTINCT processor_name, failure_category FROM failures) AS k
  ON ENDS_WITH(p.table_name, CONCAT('.', k.processor_name))
INNER JOIN days AS d
  ON d.table_name = p.table_name AND d.season_year = p.season_year AND d.week = p.week AND d.late = p.late
LEFT JOIN failures AS f
  ON f.processor_name = k.processor_name AND f.failure_category = k.failure_category AND f.analysis_date = d.game_date
GROUP BY p.season_year, p.week, p.late, p.table_name, k.failure_category
ORDER BY season, `table`, category, first_day"""
