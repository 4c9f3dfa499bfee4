"""Contamination: every critical field on every date, CLEAN, PARTIAL, CONTAMINATED or NO_DATA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backcourt.backfill.coverage import bounds
from backcourt.backfill.quality_gate import CLEAN_PERCENT, PARTIAL_PERCENT, judged
from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.catalog.model import Table
from backcourt.catalog.views import SqlFiles
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session

_SQL = SqlFiles("backcourt.integrity")

FieldStatus = Literal["CLEAN", "NO_DATA", "PARTIAL", "CONTAMINATED"]
FIELD_STATUSES: tuple[FieldStatus, ...] = ("CLEAN", "NO_DATA", "PARTIAL", "CONTAMINATED")
"""From the best to the worst."""


@dataclass(frozen=True, slots=True)
class FieldDate:
    """One critical field of one table on one date.

    Attributes:
        table: Full name.
        field: The column.
        day: The date.
        stored: Rows of the date.
        judged: Rows on which the field's condition holds.
        valid: Those of them that are valid.
        null_rows: Those of them that are NULL.
        constant: True if a value that varies is one and the same, or 0 in half of the rows.
    """

    table: str
    field: str
    day: date
    stored: int
    judged: int
    valid: int
    null_rows: int
    constant: bool

    @property
    def status(self) -> FieldStatus:
        """CLEAN from 99 % of the judged rows valid, PARTIAL from 50 %, CONTAMINATED below; NO_DATA without rows."""
        if not self.stored:
            return "NO_DATA"
        if 100 * self.valid >= CLEAN_PERCENT * self.judged:
            return "CLEAN"
        return "PARTIAL" if 100 * self.valid >= PARTIAL_PERCENT * self.judged else "CONTAMINATED"


@dataclass(frozen=True, slots=True)
class FieldRange:
    """One critical field over a range; it has the status of its worst date.

    Attributes:
        table: Full name.
        field: The column.
        status: Of the worst date; NO_DATA only if no date has a row.
        judged: Rows judged.
        valid: Valid rows.
        bad: The dates that are PARTIAL or CONTAMINATED, in order.
    """

    table: str
    field: str
    status: FieldStatus
    judged: int
    valid: int
    bad: tuple[FieldDate, ...]


def tables_with_fields() -> tuple[Table, ...]:
    """The computed tables that have critical fields, in dependency order."""
    return tuple(processor.table for processor in registry() if processor.table.critical)


def field_dates(session: Session, span: DateRange, tables: Sequence[Table] = ()) -> tuple[FieldDate, ...]:
    """Every critical field on every scheduled date after bootstrap, by table, field and date.

    Args:
        session: An open session.
        span: The dates.
        tables: Only these tables; none for all that have critical fields.
    """
    chosen = [found for found in (tables or tables_with_fields()) if found.critical]
    if not chosen:
        return ()
    judgements = " UNION ALL ".join(
        f"SELECT '{found.full_name}' AS table_name, q.* FROM ("
        f"{judged(found, found.full_name, f't.{found.partition} BETWEEN @start_date AND @end_date')}) AS q"
        for found in chosen
    )
    wanted = " UNION ALL ".join(
        f"SELECT '{found.full_name}' AS table_name, '{field.name}' AS field, "
        f"{BOOTSTRAP_DAYS if found.phase == 'precompute' else 0} AS first_day"
        for found in chosen
        for field in found.critical
    )
    statement = _SQL("field_dates", wanted=wanted, judged=judgements)
    rows = session.query(statement, bounds(span)).to_pylist()
    order = {
        name: number
        for number, name in enumerate((found.full_name, field.name) for found in chosen for field in found.critical)
    }
    return tuple(sorted((FieldDate(**row) for row in rows), key=lambda item: (order[item.table, item.field], item.day)))


def field_ranges(dates: Sequence[FieldDate]) -> tuple[FieldRange, ...]:
    """The fields over their dates, in the order in which they come."""
    found: dict[tuple[str, str], list[FieldDate]] = {}
    for item in dates:
        found.setdefault((item.table, item.field), []).append(item)
    return tuple(
        FieldRange(
            name,
            field,
            _worst([item.status for item in own]),
            sum(item.judged for item in own),
            sum(item.valid for item in own),
            tuple(item for item in own if item.status in {"PARTIAL", "CONTAMINATED"}),
        )
        for (name, field), own in found.items()
    )


def _worst(statuses: Sequence[FieldStatus]) -> FieldStatus:
    """The gravest status; dates without data count only if there is nothing else."""
    known = [status for status in statuses if status != "NO_DATA"]
    return max(known, key=FIELD_STATUSES.index) if known else "NO_DATA"
