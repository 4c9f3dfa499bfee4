"""Threads that compute chunks side by side, stopped within a moment when somebody interrupts.

A chunk that cannot be computed because of what its rows hold is halved until only the dates at fault fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Self

from backcourt.backfill.chunks import Chunk
from backcourt.backfill.context import RunContext
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.publish import Prepared, prepare, publish_chunk
from backcourt.backfill.request import Request
from backcourt.backfill.results import ChunkResult
from backcourt.errors import (
    AuditError,
    MissingUpstreamError,
    QueryError,
    TimeLimitError,
)
from backcourt.warehouse.base import Session
from backcourt.warehouse.work import working

_BATCH = 8
"""Chunks between which the warehouse's file can be given back."""
_LONGER = "give it longer with --timeout, or a shorter range"


class Workers:
    """A few threads, each with a session of its own."""

    def __init__(self, request: Request, context: RunContext) -> None:
        """Start no thread before there is work."""
        self._request = request
        self._context = context
        self._pool = ThreadPoolExecutor(request.jobs)
        self._sessions: list[Session] = []
        self._guard = Lock()
        self._stopping = False
        self._used: dict[str, float] = {}

    def __enter__(self) -> Self:
        """The workers."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop what still runs if something was raised, then wait for the threads."""
        if kind is not None:
            self._stop()
        self._pool.shutdown(cancel_futures=True)

    @staticmethod
    def batches(chunks: Sequence[Chunk]) -> list[Sequence[Chunk]]:
        """The chunks in groups, between which the warehouse can be given back."""
        return [chunks[start : start + _BATCH] for start in range(0, len(chunks), _BATCH)]

    def compute(self, session: Session, batch: Sequence[Chunk], inputs: StagedInputs) -> Iterator[list[ChunkResult]]:
        """Compute and publish chunks, each as it ends: as a whole, or in the parts into which it was split.

        Args:
            session: The open session; each thread gets a worker of it.
            batch: The chunks.
            inputs: Where the inputs are staged.
        """
        prepared = prepare(session, tuple(dict.fromkeys(chunk.processor for chunk in batch)), inputs)
        pending: set[Future[list[ChunkResult]]] = {
            self._pool.submit(copy_context().run, self._publish, session, chunk, prepared) for chunk in batch
        }
        while pending:
            # A short wait, because a lock that waits without end cannot be interrupted everywhere.
            ended, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            for task in ended:
                yield task.result()

    def _publish(self, session: Session, chunk: Chunk, prepared: Prepared) -> list[ChunkResult]:
        """Compute a chunk, and if its rows are at fault, its parts; of those only single dates fail."""

        def attempt(part: Chunk) -> ChunkResult:
            return self._attempt(session, part, prepared)

        ended = attempt(chunk)
        if not ended.at_fault or len(ended.failed) < 2:  # noqa: PLR2004 # one date is not split
            return [ended]
        parts = _search(attempt, chunk, ended.failed, fails=True)
        return [replace(parts[0], seconds=parts[0].seconds + ended.seconds), *parts[1:]]

    def _attempt(self, session: Session, chunk: Chunk, prepared: Prepared) -> ChunkResult:
        started = self._context.clock()
        with session.worker() as own, working(table=chunk.table, chunk=f"{chunk.span.start}-{chunk.span.end}"):
            with self._guard:
                self._sessions.append(own)
                stopping = self._stopping
            try:
                if stopping:
                    raise KeyboardInterrupt
                ended = self._in_time(own, chunk, prepared)
            except (AuditError, MissingUpstreamError, QueryError, TimeLimitError) as error:
                if self._stopping:
                    raise KeyboardInterrupt from error
                days = prepared.scheduled(own, chunk.span)
                ended = ChunkResult(chunk, failures={"PROCESSING_ERROR": len(days)}, failed=days, error=error)
            finally:
                with self._guard:
                    self._sessions.remove(own)
        seconds = self._context.clock() - started
        with self._guard:
            self._used[chunk.table] = self._used.get(chunk.table, 0.0) + seconds
        return replace(ended, seconds=seconds)

    def _in_time(self, session: Session, chunk: Chunk, prepared: Prepared) -> ChunkResult:
        """Publish a chunk in what is left of its table's time; one that was done when the time ended is done."""
        ended = None
        try:
            with self._context.limited(session, self._left(chunk.table), f"{chunk.table} on {chunk.span}", _LONGER):
                ended = publish_chunk(session, chunk, self._request, prepared)
        except TimeLimitError:
            if ended is None:
                raise
        return ended

    def _left(self, table: str) -> float:
        """Seconds that a table may still take."""
        left = self._request.timeout - self._used.get(table, 0.0)
        if left <= 0:
            raise TimeLimitError(f"{table} took longer than {self._request.timeout:,.0f} s", next_step=_LONGER)
        return left

    def _stop(self) -> None:
        with self._guard:
            self._stopping = True
            for session in self._sessions:
                session.interrupt()


def _search(
    attempt: Callable[[Chunk], ChunkResult], chunk: Chunk, days: Sequence[date], *, fails: bool
) -> list[ChunkResult]:
    """Compute a chunk in as few parts as leave only single dates failed.

    A half that fails is halved in turn: with one bad date among n that takes about 2 * log2(n) computations.

    Args:
        attempt: Computes and publishes a chunk.
        chunk: The chunk.
        days: Its scheduled dates.
        fails: True if it is known to fail as a whole.
    """
    if not fails or len(days) == 1:
        ended = attempt(chunk)
        if not ended.at_fault or len(days) == 1:
            return [ended]
    first, second = chunk.halves(days)
    middle = len(days) // 2
    done = _search(attempt, first, days[:middle], fails=False)
    # With a sound first half the fault is in the second.
    return [*done, *_search(attempt, second, days[middle:], fails=all(part.error is None for part in done))]
