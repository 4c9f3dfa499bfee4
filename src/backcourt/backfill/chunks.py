"""Chunks: which dates of which table are computed in one go, from the plan and from what is stale by now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backcourt.backfill.due import stage_calendar, stage_own
from backcourt.backfill.plan import PlannedRange, Request, planned_ranges
from backcourt.backfill.staged import StagedInputs
from backcourt.calendar import DateRange, month_chunks
from backcourt.processors.base import Processor
from backcourt.processors.registry import select, upstreams_of
from backcourt.warehouse.base import Session

_APART_DAYS = 14
"""Ranges of a table that lie closer together are computed in one go: what lies between comes out the same."""


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
    request: Request,
    changed: Collection[str],
    dates: int,
    size: str,
    inputs: StagedInputs,
) -> list[Chunk]:
    """The chunks of a wave, now that its upstreams are published.

    What was planned because an upstream would change is computed only if its inputs did change; and with ``stale``
    asked for, what its changed upstreams made stale is computed, too.

    Args:
        session: An open session.
        wave: The processors.
        planned: Their planned chunks.
        request: What is wanted.
        changed: Full names of the tables that this run has changed.
        dates: Scheduled dates of the whole range.
        size: season or month.
        inputs: Where the inputs are staged.
    """
    again = [
        processor
        for processor in wave
        if any(chunk.processor == processor and chunk.reason in {"stale", "downstream"} for chunk in planned)
        or (
            "stale" in request.reprocess
            and upstreams_of(processor) & set(changed)
            and sum(chunk.dates for chunk in planned if chunk.processor == processor) < dates
        )
    ]
    if not again:
        return planned
    stage_calendar(session, request.span, request.ahead)
    own = stage_own(session, request.span, again, {"stale"}, inputs)
    ranges = [found for found, _ in planned_ranges(session, own)]
    if "stale" not in request.reprocess:
        foreseen = [chunk for chunk in planned if chunk.reason in {"stale", "downstream"}]
        ranges = [
            found for found in ranges if any(c.table == found.table and c.span.clip(found.span) for c in foreseen)
        ]
    names = {processor.name for processor in again}
    kept = [chunk for chunk in planned if chunk.table not in names or chunk.reason not in {"stale", "downstream"}]
    fresh = [
        chunk
        for chunk in chunks_of([found for found in ranges if found.table in names], size)
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
