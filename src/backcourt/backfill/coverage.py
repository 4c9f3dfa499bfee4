"""Coverage: for every computed table and game date, who has a row, a recorded failure, or neither.

One grouped statement over the stored rows. It counts the candidates from the schedule and the raw box scores, or, for
Phase 4, from the players that Phase 3 lists, so that a row which vanished is noticed whatever the ledger says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backcourt.backfill import SQL
from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.catalog import table
from backcourt.catalog.views import IN_RANGE, view
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Parameters, Session

Status = Literal["complete", "partial", "missing", "failed", "bootstrap", "unexpected"]
STATUSES: tuple[Status, ...] = ("complete", "partial", "missing", "failed", "bootstrap", "unexpected")
_NO_ROW = ", ".join(f"'{category.name}'" for category in CATEGORIES if not category.row_written)
_EXPECTED = ", ".join(f"'{category.name}'" for category in CATEGORIES if category.expected)


@dataclass(frozen=True, slots=True)
class Cell:
    """One computed table on one game date.

    Attributes:
        table: Full name of the table.
        day: The game date.
        number: Days since opening day (day 0).
        candidates: Players or teams that must have a row or a failure record; 0 on bootstrap dates of Phase 4.
        rows: Stored rows.
        failed: Candidates without a row whose failure record says why.
        withheld: Those of them whose record is one that a healthy warehouse does not have.
        untracked: Candidates with neither.
        unexpected: Rows that belong to no candidate, and second rows of one key.
        errors: Failure records that are bugs (PROCESSING_ERROR).
        ledger: Status in the ledger; None if the date was never computed.
        ledger_rows: Rows that the ledger says were written; None if it says nothing.
        reason: Why the date failed or was skipped, as the ledger says it; "" otherwise.
    """

    table: str
    day: date
    number: int
    candidates: int
    rows: int
    failed: int
    withheld: int
    untracked: int
    unexpected: int
    errors: int
    ledger: str | None
    ledger_rows: int | None
    reason: str

    @property
    def short(self) -> str:
        """Abbreviation of the table."""
        return table(self.table).short

    @property
    def bootstrap(self) -> bool:
        """True if nothing is expected there because the season is too young."""
        return table(self.table).phase == "precompute" and self.number < BOOTSTRAP_DAYS

    @property
    def lost(self) -> int:
        """Rows that the ledger says were written and that are gone."""
        return max(0, (self.ledger_rows or 0) - self.rows) if self.ledger == "done" else 0

    @property
    def status(self) -> Status:
        """How the date stands."""
        if self.unexpected:
            return "unexpected"
        if self.ledger == "failed":
            return "failed"
        if self.bootstrap:
            return "bootstrap"
        if self.untracked == self.candidates and self.candidates:
            return "missing"
        return "partial" if self.untracked or self.lost else "complete"


def cells(session: Session, span: DateRange, processors: Sequence[Processor] = ()) -> tuple[Cell, ...]:
    """Every computed table on every scheduled date of the range, tables in dependency order, then by date.

    Args:
        session: An open session.
        span: The dates.
        processors: Only these tables; none for all.
    """
    chosen = tuple(processors) or registry()
    order = {processor.table.full_name: number for number, processor in enumerate(registry())}
    rows = session.rows(_statement(chosen), bounds(span))
    found = [Cell(*row) for row in rows]  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda cell: (order[cell.table], cell.day)))


def bounds(span: DateRange) -> Parameters:
    """The parameters of statements over a range."""
    # Only what has been played: a date to come is neither good nor bad.
    return {"start_date": span.start, "end_date": span.end, "ahead": 0}


def _common(processors: Sequence[Processor]) -> str:
    """CTEs of the dates, of the failure records and of the candidates of some tables."""
    ctes = {
        "dates": f"{view('dates_in_range')} UNION ALL {view('vanished_dates')}",
        "records": view("failure_records", within=IN_RANGE),
        "no_row": SQL("coverage_no_row", expected=_EXPECTED, no_row=_NO_ROW),
        **{_source(processor): processor.candidates_on("dates") for processor in processors},
    }
    return ",\n".join(f"{name} AS ({select})" for name, select in ctes.items())


def _source(processor: Processor) -> str:
    """The CTE of a table's candidates; tables with the same ones share it."""
    return f"{processor.candidates}_from_{processor.first_day}{'_played' if processor.played_only else ''}"


def _candidates(processor: Processor) -> dict[str, str]:
    """The parts of ``coverage_candidates`` for one table."""
    target, names = processor.table, [name for name, _ in processor.who]
    game = "c.game_id" if "game_id" in names else "''"
    return {
        "target": target.full_name,
        "name": target.name,
        "day": str(target.partition),
        "candidates": _source(processor),
        "entity": "FORMAT('%d', c.player_id)" if "player_id" in names else "c.team_abbr",
        "player": "c.player_id" if "player_id" in names else "CAST(NULL AS INT64)",
        "game": game,
        # Where a name may be nobody's, a whole game can fail.
        "whole_game": game if processor.names else "CAST(NULL AS STRING)",
        "keys": ", ".join(own for _, own in processor.who),
        "same": " AND ".join(f"r.{own} = c.{name}" for name, own in processor.who),
    }


def untracked_select(processors: Sequence[Processor]) -> str:
    """SELECT of the candidates with neither a row nor a record: table, day, entity, name and game_id, in that order."""
    selects = " UNION ALL ".join(SQL("untracked_of_table", **_candidates(processor)) for processor in processors)
    return SQL("untracked", covered=_common(processors), selects=selects)


def tracked(processors: Sequence[Processor]) -> str:
    """CTEs up to ``tracked``: table_name, game_date, candidates, matched, failed, withheld and untracked by date.

    Before it stand ``dates``, ``records`` and the candidates themselves.
    """
    selects = " UNION ALL ".join(SQL("coverage_tracked", **_candidates(processor)) for processor in processors)
    return f"{_common(processors)},\ntracked AS ({selects})"


def _keys(processor: Processor) -> str:
    """SQL of the number of different keys."""
    texts = [f"FORMAT('%d', {own})" if own == "player_id" else own for _, own in processor.who]
    return f"COUNT(DISTINCT CONCAT({', '.join(texts)}))"


def _statement(processors: Sequence[Processor]) -> str:
    stored = " UNION ALL ".join(
        SQL(
            "stored_rows",
            target=p.table.full_name,
            day=str(p.table.partition),
            listed=_keys(p) if p.open_ended else "COUNT(*)",
        )
        for p in processors
    )
    tables = " UNION ALL ".join(
        f"SELECT '{p.table.full_name}' AS table_name, '{p.table.name}' AS short_name, "
        f"{str(not p.open_ended).upper()} AS is_complete"
        for p in processors
    )
    return SQL("coverage", tracked=tracked(processors), tables=tables, stored=stored)
