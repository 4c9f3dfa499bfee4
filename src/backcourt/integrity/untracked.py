"""Who has neither a row nor a failure record, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backcourt.backfill.coverage import Cell, bounds, untracked_select
from backcourt.calendar import DateRange
from backcourt.processors.registry import select
from backcourt.warehouse.base import Session

LIMIT = 500
"""Candidates that are named at most; the counts say how many there are."""


@dataclass(frozen=True, slots=True)
class Untracked:
    """A candidate with neither a row nor a failure record.

    Attributes:
        table: Full name of the table.
        day: The game date.
        entity: Player id or team.
        name: The player's normalised name; "" for a team.
        game_id: His game; "" in tables that have a row per date.
    """

    table: str
    day: date
    entity: str
    name: str
    game_id: str


def untracked(session: Session, span: DateRange, cells: Sequence[Cell]) -> tuple[Untracked, ...]:
    """The candidates behind the untracked counts, by table, date and entity, at most ``LIMIT``.

    Args:
        session: An open session.
        span: The dates.
        cells: What was counted; only their tables are looked at.
    """
    names = tuple(dict.fromkeys(cell.table for cell in cells if cell.untracked))
    if not names:
        return ()
    rows = session.query(f"{untracked_select(select(tables=names))} LIMIT {LIMIT}", bounds(span)).to_pylist()
    return tuple(Untracked(**row) for row in rows)
