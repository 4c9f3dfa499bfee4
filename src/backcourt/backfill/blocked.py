"""Dates that read a date which failed in this run, directly or not: they are left as they were.

They are followed window by window, as a plan follows a change; what reads no failed date is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from backcourt.backfill.chunks import Chunk
from backcourt.backfill.due import stage_calendar
from backcourt.backfill.reach import CALENDAR, changed_games, reached
from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.processors.base import Processor
from backcourt.processors.lineage import EVERYTHING
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session, Staged


class Blocked:
    """The dates of a run that failed with an error, and what reads them.

    Attributes:
        tables: Names of the tables of which dates were left as they were, in the order in which they were met.
    """

    def __init__(self, span: DateRange) -> None:
        """Nothing has failed yet; ``span`` are the dates that the run may write."""
        self.tables: dict[str, None] = {}
        self._span = span
        self._failed: dict[str, set[tuple[date, date]]] = {}

    def fail(self, processor: Processor, span: DateRange) -> None:
        """The scheduled dates of a span have failed in a table."""
        self._failed.setdefault(processor.table.full_name, set()).add((span.start, span.end))

    def rest(self, session: Session, chunks: Sequence[Chunk]) -> list[Chunk]:
        """The chunks without the dates that failed or that read a failed one."""
        if not self._failed or not chunks:
            return list(chunks)
        stage_calendar(session, self._span)
        staged = self._stage(session)
        found: list[Chunk] = []
        for chunk in chunks:
            name = chunk.processor.table.full_name
            if name not in staged:
                found.append(chunk)
                continue
            days = session.rows(
                f"SELECT c.game_date, b.game_date IS NOT NULL AS blocked FROM nba_staging.{CALENDAR} AS c "
                f"LEFT JOIN {staged[name]} AS b ON b.game_date = c.game_date "
                "WHERE c.game_date BETWEEN @start_date AND @end_date ORDER BY c.game_date",
                {"start_date": chunk.span.start, "end_date": chunk.span.end},
            )
            found += self._free(chunk, [(date.fromisoformat(str(day)), bool(blocked)) for day, blocked in days])
        return found

    def _free(self, chunk: Chunk, days: Sequence[tuple[date, bool]]) -> list[Chunk]:
        """The pieces of a chunk between its blocked dates."""
        blocked = sum(is_blocked for _, is_blocked in days)
        if not blocked:
            return [chunk]
        if not self._own(chunk, days):
            self.tables[chunk.table] = None
        pieces: list[Chunk] = []
        for is_blocked, group in groupby(days, key=lambda day: day[1]):
            mine = [day for day, _ in group]
            if is_blocked:
                continue
            span = DateRange(
                chunk.span.start if mine[0] == days[0][0] else mine[0],
                chunk.span.end if mine[-1] == days[-1][0] else mine[-1],
            )
            pieces.append(replace(chunk, span=span, dates=0))
        if pieces:
            pieces[0] = replace(pieces[0], dates=max(chunk.dates - blocked, 0))
        return pieces

    def _own(self, chunk: Chunk, days: Sequence[tuple[date, bool]]) -> bool:
        """True if every blocked date of the chunk is a failed one of its own table."""
        spans = self._failed.get(chunk.processor.table.full_name, set())
        return all(any(first <= day <= last for first, last in spans) for day, blocked in days if blocked)

    def _stage(self, session: Session) -> dict[str, Staged]:
        """Where the blocked dates of each table are staged; tables without any are left out."""
        staged: dict[str, Staged] = {}
        for processor in registry():
            name = processor.table.full_name
            selects = [
                "SELECT game_date, season_year FROM "
                f"({reached(processor, upstream, window, staged[upstream.table].name)}) AS r{_computed(processor)}"
                for upstream in processor.table.upstreams
                if upstream.table in staged
                for window in upstream.windows
            ]
            selects += [
                f"SELECT game_date, season_year FROM nba_staging.{CALENDAR} "
                f"WHERE game_date BETWEEN DATE '{first}' AND DATE '{last}'"
                for first, last in sorted(self._failed.get(name, ()))
            ]
            if not selects:
                continue
            found = session.stage_query(
                f"blocked_{processor.name}",
                "SELECT DISTINCT game_date, season_year, 'failed' AS reason, '' AS detail, "
                f"{EVERYTHING} AS classes, TRUE AS in_run FROM ({' UNION ALL '.join(selects)})",
            )
            if found.rows:
                staged[name] = found
                session.stage_query(f"blocked_{processor.name}_games", changed_games(found.name))
        return staged


def _computed(processor: Processor) -> str:
    """Condition on reached dates: Phase 4 computes none in the bootstrap, so they read nothing."""
    return f" WHERE r.day_number >= {BOOTSTRAP_DAYS}" if processor.table.phase == "precompute" else ""
