"""Chunks: which dates of a table are computed together, from the plan and from what has become stale since.

Dates that read a date which failed in this run, directly or indirectly, are not computed. They are found window by
window, as a plan follows a change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from backcourt.backfill import CALENDAR, SQL
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.plan import Plan, PlannedRange, due_ranges
from backcourt.backfill.staleness import changed_games, reached, stage_calendar, stage_own
from backcourt.calendar import BOOTSTRAP_DAYS, DateRange, month_chunks
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry, select, upstreams_of
from backcourt.warehouse.base import Rows, Session, Statement

_APART_DAYS = 14
"""Ranges of a table that are closer together become one chunk: the dates between them come out the same."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Dates of a table that are computed and published together.

    Attributes:
        processor: What is computed.
        span: The dates.
        reason: Why, of the gravest range in it.
        dates: Game dates that are due.
    """

    processor: Processor
    span: DateRange
    reason: str
    dates: int

    @property
    def table(self) -> str:
        """Table name."""
        return self.processor.name

    def halves(self, days: Sequence[date]) -> tuple[Chunk, Chunk]:
        """The chunk in two, with half of its scheduled dates each; the due dates are counted on the first."""
        middle = days[len(days) // 2]
        first = DateRange(self.span.start, middle - timedelta(days=1))
        return replace(self, span=first), replace(self, span=DateRange(middle, self.span.end), dates=0)


def chunks_of(ranges: Sequence[PlannedRange], size: str) -> list[Chunk]:
    """The planned ranges in the order of the plan, failed dates of a table first, cut by season or month."""
    found: list[Chunk] = []
    for name in dict.fromkeys(planned.table for planned in ranges):
        processor = select(tables=(name,))[0]
        mine = [planned for planned in ranges if planned.table == name]
        failed = [planned for planned in mine if planned.reason == "failed"]
        rest = [planned for planned in mine if planned.reason != "failed"]
        for group in (*_near(failed), *_near(rest)):
            found += _cut(processor, group, size)
    return found


def due_now(
    session: Session,
    wave: Sequence[Processor],
    planned: list[Chunk],
    plan: Plan,
    changed: Collection[str],
    inputs: StagedInputs,
) -> list[Chunk]:
    """The chunks of a wave, now that its upstreams are published.

    What was planned because an upstream would change is computed only if its inputs did change; and with ``stale``
    asked for, what its changed upstreams made stale is computed, too.

    Args:
        session: An open session.
        wave: The processors.
        planned: Their planned chunks.
        plan: What the run set out to do.
        changed: Full names of the tables that this run has changed.
        inputs: Where the inputs are staged.
    """
    request = plan.request
    again = [
        processor
        for processor in wave
        if any(chunk.processor == processor and chunk.reason in {"stale", "downstream"} for chunk in planned)
        or (
            "stale" in request.reprocess
            and upstreams_of(processor) & set(changed)
            and sum(chunk.dates for chunk in planned if chunk.processor == processor) < plan.dates
        )
    ]
    if not again:
        return planned
    stage_calendar(session, inputs)
    ranges = list(due_ranges(session, stage_own(session, again, {"stale"}, inputs)))
    if "stale" not in request.reprocess:
        foreseen = [chunk for chunk in planned if chunk.reason in {"stale", "downstream"}]
        ranges = [
            found for found in ranges if any(c.table == found.table and c.span.clip(found.span) for c in foreseen)
        ]
    names = {processor.name for processor in again}
    kept = [chunk for chunk in planned if chunk.table not in names or chunk.reason not in {"stale", "downstream"}]
    fresh = [
        chunk
        for chunk in chunks_of([found for found in ranges if found.table in names], request.chunk)
        if not any(_covers(other, chunk) for other in kept)
    ]
    return [*kept, *fresh]


def _covers(chunk: Chunk, other: Chunk) -> bool:
    return (
        chunk.processor == other.processor and chunk.span.start <= other.span.start and other.span.end <= chunk.span.end
    )


def _near(ranges: Sequence[PlannedRange]) -> list[list[PlannedRange]]:
    """Ranges of one table in groups of neighbours."""
    groups: list[list[PlannedRange]] = []
    for planned in sorted(ranges, key=lambda found: found.start):
        if groups and (planned.start - max(found.end for found in groups[-1])).days <= _APART_DAYS:
            groups[-1].append(planned)
        else:
            groups.append([planned])
    return groups


def _cut(processor: Processor, group: Sequence[PlannedRange], size: str) -> list[Chunk]:
    span = DateRange(min(found.start for found in group), max(found.end for found in group))
    reasons = [found.reason for found in group]
    reason = next(kind for kind in ("forced", "missing", "failed", "stale", "downstream") if kind in reasons)
    dates = sum(found.dates for found in group)
    pieces = month_chunks(span) if size == "month" else (span,)
    # The due dates are counted once, on the first piece.
    return [Chunk(processor, piece, reason, dates if number == 0 else 0) for number, piece in enumerate(pieces)]


class Blocked:
    """The dates of a run that failed with an error, and what reads them.

    Attributes:
        tables: Names of the tables with dates that were not computed, in the order in which they were met.
    """

    def __init__(self, inputs: StagedInputs) -> None:
        """Nothing has failed yet; ``inputs`` are those of the dates that the run may write."""
        self.tables: dict[str, None] = {}
        self._inputs = inputs
        self._failed: dict[str, set[tuple[date, date]]] = {}

    def fail(self, processor: Processor, span: DateRange) -> None:
        """The scheduled dates of a span have failed in a table."""
        self._failed.setdefault(processor.table.full_name, set()).add((span.start, span.end))

    def rest(self, session: Session, chunks: Sequence[Chunk]) -> list[Chunk]:
        """The chunks without the dates that failed or that read a failed one."""
        if not self._failed or not chunks:
            return list(chunks)
        stage_calendar(session, self._inputs)
        staged = self._stage(session)
        readers = [chunk for chunk in chunks if chunk.processor.table.full_name in staged]
        asked = [
            Statement(
                SQL("blocked_days", blocked=staged[chunk.processor.table.full_name]),
                {"start_date": chunk.span.start, "end_date": chunk.span.end},
            )
            for chunk in readers
        ]
        answers = dict(zip(readers, session.ask(*asked), strict=True)) if asked else {}
        return [free for chunk in chunks for free in self._free(chunk, answers.get(chunk, []))]

    def _free(self, chunk: Chunk, answer: Rows) -> list[Chunk]:
        """The pieces of a chunk between its blocked dates (``blocked_days``)."""
        days = sorted((date.fromisoformat(str(day)), bool(blocked)) for day, blocked in answer)
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

    def _stage(self, session: Session) -> dict[str, str]:
        """Where the blocked dates of each table are staged; tables that read none that failed are left out."""
        staged: dict[str, str] = {}
        for processor in registry():
            name = processor.table.full_name
            selects = [
                "SELECT game_date, season_year FROM "
                f"({reached(processor, upstream, window, staged[upstream.table])}) AS r{_computed(processor)}"
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
            statement = SQL("blocked_dates", selects=" UNION ALL ".join(selects))
            staged[name] = session.stage_query(f"blocked_{processor.name}", statement).name
            session.stage_query(f"blocked_{processor.name}_games", changed_games(staged[name]))
        return staged


def _computed(processor: Processor) -> str:
    """Condition on reached dates: Phase 4 computes none in the bootstrap, so they read nothing."""
    return f" WHERE r.day_number >= {BOOTSTRAP_DAYS}" if processor.table.phase == "precompute" else ""
