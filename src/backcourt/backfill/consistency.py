"""Tables that must agree whatever the mode: MLFS = PCF = PDC = UPGC rows less recorded failures; TDZA wherever PSZA."""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.backfill.coverage import Cell
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry, select


def that_agree(processors: Sequence[Processor]) -> tuple[Processor, ...]:
    """The tables to look at for some tables: those of them with listed players, and both of a pair that has one."""
    names = {processor.name for processor in processors}
    pairs = [pair for pair in _pairs() if names & {processor.name for processor in pair}]
    wanted = [
        *(processor for processor in processors if processor.foreseen),
        *(each for pair in pairs for each in pair),
    ]
    return tuple(dict.fromkeys(wanted))


def inconsistencies(found: Sequence[Cell]) -> list[str]:
    """One line per table that disagrees with another on some dates.

    Dates that failed as a whole are recorded as such and left out.

    Args:
        found: The cells of the tables that are compared.
    """
    of = {processor: [cell for cell in found if cell.table == processor.table.full_name] for processor in registry()}
    lines = []
    for processor in registry():
        bad = [cell for cell in of[processor] if cell.ledger == "done" and (cell.untracked or cell.unexpected)]
        if bad and processor.foreseen:
            first = bad[0]
            lines.append(
                f"{processor.name} does not have one row or recorded failure for every listed player on {len(bad)} "
                f"dates, first {first.day}: {first.rows} rows and {first.failed} failures for {first.candidates}"
            )
    for processor, other in _pairs():
        there = {cell.day for cell in of[other] if cell.rows}
        alone = [cell.day for cell in of[processor] if cell.rows and cell.day not in there] if of[other] else []
        if alone:
            lines.append(
                f"{processor.name} has rows where {other.name} has none on {len(alone)} dates, first {alone[0]}"
            )
    return lines


def _pairs() -> list[tuple[Processor, Processor]]:
    """Each table that must have rows only where another has, with that one."""
    return [(each, select(tables=(each.beside,))[0]) for each in registry() if each.beside]
