"""Tables that must agree whatever the mode: MLFS = PCF = PDC = UPGC rows less recorded failures; TDZA wherever PSZA."""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.backfill.coverage import Cell, cells
from backcourt.calendar import DateRange
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry, select
from backcourt.warehouse.base import Session


def inconsistencies(session: Session, span: DateRange, processors: Sequence[Processor]) -> list[str]:
    """One line per table that disagrees with another on some dates of the range.

    Dates that failed as a whole are recorded as such and left out.

    Args:
        session: An open session.
        span: The dates.
        processors: The tables; those that must have rows beside them are looked at as well.
    """
    listed = [processor for processor in processors if processor.foreseen]
    pairs = [(each, select(tables=(each.beside,))[0]) for each in registry() if each.beside]
    beside = {one: other for one, other in pairs if {one.name, other.name} & {each.name for each in processors}}
    wanted = dict.fromkeys([*listed, *beside, *beside.values()])
    if not wanted:
        return []
    found = cells(session, span, tuple(wanted))
    lines = []
    for processor in listed:
        bad = [cell for cell in _of(processor, found) if cell.ledger == "done" and (cell.untracked or cell.unexpected)]
        if bad:
            first = bad[0]
            lines.append(
                f"{processor.name} does not have one row or recorded failure for every listed player on {len(bad)} "
                f"dates, first {first.day}: {first.rows} rows and {first.failed} failures for {first.candidates}"
            )
    for processor, other in beside.items():
        there = {cell.day for cell in _of(other, found) if cell.rows}
        alone = [cell.day for cell in _of(processor, found) if cell.rows and cell.day not in there]
        if alone:
            lines.append(
                f"{processor.name} has rows where {other.name} has none on {len(alone)} dates, first {alone[0]}"
            )
    return lines


def _of(processor: Processor, found: Sequence[Cell]) -> list[Cell]:
    """A table's cells."""
    return [cell for cell in found if cell.table == processor.table.full_name]
