"""The state of a warehouse: who writes, what failed last, and how much of each table and month is computed.

What runs recorded is not believed where the rows say otherwise: a date is done if ``validate coverage`` finds it whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from backcourt.backfill.coverage import Cell, cells
from backcourt.calendar import DateRange
from backcourt.catalog import table
from backcourt.catalog.views import ALL_TO_COME, SqlFiles
from backcourt.integrity.parts import Held, parts
from backcourt.integrity.validation import coverage_status
from backcourt.processors.failures import DATE_LEVEL
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session
from backcourt.warehouse.leases import Lock, stored_locks

_SQL = SqlFiles("backcourt.integrity")
_ALWAYS = DateRange(date.min, date.max)


@dataclass(frozen=True, slots=True)
class FailedDate:
    """The failed dates of a table: how many, the oldest and the newest, and why the newest failed."""

    table: str
    dates: int
    oldest: date
    newest: date
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class DamagedDates:
    """The damaged dates of a table: computed, but rows are missing, or there are rows that belong to no one."""

    table: str
    dates: int
    oldest: date
    newest: date


@dataclass(frozen=True, slots=True)
class Month:
    """One computed table in one month, in scheduled game dates.

    Attributes:
        table: Full name of the table.
        month: "2021-11".
        dates: Game dates that have been played.
        done: Computed, and every row that must be there is.
        skipped: Bootstrap dates.
        damaged: Computed, but rows are missing, or there are rows that belong to no one.
        failed: Failed as a whole.
        pending: Computed before their games; these dates are not among the others.
    """

    table: str
    month: str
    dates: int
    done: int
    skipped: int
    failed: int
    pending: int
    damaged: int = 0

    @property
    def short(self) -> str:
        """Abbreviation of the table."""
        return table(self.table).short

    @property
    def percent(self) -> int:
        """Dates that are done or need no row, in percent, rounded down: 100 is all of them."""
        return 100 * (self.done + self.skipped) // self.dates if self.dates else 100


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a warehouse.

    Attributes:
        locks: Who writes.
        failed: Dates that failed as a whole, by table.
        damaged: Dates that are no longer as they were computed, by table.
        months: Coverage by table and month, in dependency order.
        parts: What each season consists of, and how to add what is missing.
    """

    locks: tuple[Lock, ...]
    failed: tuple[FailedDate, ...]
    damaged: tuple[DamagedDates, ...]
    months: tuple[Month, ...]
    parts: tuple[Held, ...]

    @property
    def exit_code(self) -> int:
        """1 if a date failed or is damaged, 0 otherwise."""
        return 1 if self.failed or self.damaged else 0


def status(session: Session, season: str = "", *, now: datetime | None = None) -> Status:
    """Read the state.

    Args:
        session: An open session.
        season: Only this season's failed dates and months; "" for all.
        now: The time (UTC), as of ``stored_locks``.
    """
    recorded = _recorded(session, _ALWAYS, season)
    within = {(month.table, month.month) for month in recorded}
    lost = [cell for cell in damaged_cells(session, _ALWAYS) if (cell.table, _month(cell)) in within]
    return Status(
        stored_locks(session, now),
        failed_dates(session, season),
        damaged_dates(lost),
        _less(recorded, lost),
        parts(session, season),
    )


def failed_dates(session: Session, season: str = "") -> tuple[FailedDate, ...]:
    """The dates that failed as a whole, by table; ``season`` as of ``status``."""
    rows = session.query(_SQL("failed_dates"), {"season": season, "date_level": DATE_LEVEL}).to_pylist()
    return tuple(FailedDate(row.pop("table_name"), **row) for row in rows)


def damaged_cells(session: Session, span: DateRange = _ALWAYS) -> list[Cell]:
    """Tables' dates that are recorded as done and are not whole, as ``validate coverage`` judges it."""
    return [
        cell
        for cell in cells(session, span)
        if cell.ledger == "done" and coverage_status(cell) in {"UNTRACKED", "INVESTIGATE"}
    ]


def damaged_dates(damaged: Sequence[Cell]) -> tuple[DamagedDates, ...]:
    """The same by table; tables and dates are in order."""
    by_table = [(name, [cell.day for cell in own]) for name, own in groupby(damaged, key=lambda cell: cell.table)]
    return tuple(DamagedDates(name, len(days), days[0], days[-1]) for name, days in by_table)


def months(session: Session, span: DateRange, damaged: Sequence[Cell]) -> tuple[Month, ...]:
    """Every computed table in every month of a range, in dependency order.

    Args:
        session: An open session.
        span: The range.
        damaged: The damaged dates, at least those of the range.
    """
    return _less(_recorded(session, span), [cell for cell in damaged if span.start <= cell.day <= span.end])


def _recorded(session: Session, span: DateRange, season: str = "") -> list[Month]:
    """The months as the ledger has them."""
    order = [processor.table.full_name for processor in registry()]
    bounds = {"start_date": span.start, "end_date": span.end}
    rows = session.query(
        _SQL("recorded_months"), {"tables": order, "season": season, "ahead": ALL_TO_COME, **bounds}
    ).to_pylist()
    return sorted((Month(**row) for row in rows), key=lambda month: (order.index(month.table), month.month))


def _less(months: Sequence[Month], damaged: Sequence[Cell]) -> tuple[Month, ...]:
    """The months, without the damaged dates among what is done."""
    lost = Counter((cell.table, _month(cell)) for cell in damaged if cell.candidates)
    counts = ((month, lost[month.table, month.month]) for month in months)
    return tuple(replace(month, done=month.done - count, damaged=count) for month, count in counts)


def _month(cell: Cell) -> str:
    return f"{cell.day:%Y-%m}"
