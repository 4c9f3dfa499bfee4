"""Failure rates by week since opening day, beside what is usual at that time of a season."""

from __future__ import annotations

from dataclasses import dataclass

from backcourt.backfill.coverage import bounds, tracked
from backcourt.calendar import DateRange
from backcourt.catalog.views import SqlFiles
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
    def is_outside(self) -> bool:
        """True if it is outside what is usual."""
        return self.band is not None and not self.band.low <= self.percent <= self.band.high

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
_STATEMENT = SqlFiles("backcourt.integrity")(
    "rates", tracked=tracked(registry()), short=f"CASE p.table_name {_SHORT} END"
)
