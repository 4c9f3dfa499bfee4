"""Threads that compute chunks side by side, stopped within a moment when somebody interrupts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, Self

from backcourt.backfill.chunks import Chunk
from backcourt.backfill.limits import TimerFactory, limited
from backcourt.backfill.publish import ChunkResult, Prepared, prepare, publish_chunk
from backcourt.backfill.staged import StagedInputs
from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.errors import AuditError, BackcourtError, MissingUpstreamError, QueryError, TimeLimitError
from backcourt.warehouse.base import Session

_BATCH = 8
"""Chunks between which the warehouse's file can be given back."""


class Clocks(Protocol):
    """The clock and the timers of a run."""

    @property
    def clock(self) -> Callable[[], float]:
        """Seconds."""

    @property
    def timer(self) -> TimerFactory:
        """Makes timers."""


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk that ended.

    Attributes:
        chunk: The chunk.
        result: What it did, None if it raised.
        error: What it raised.
        seconds: Time taken.
    """

    chunk: Chunk
    result: ChunkResult | None
    error: BackcourtError | None
    seconds: float


class Workers:
    """A few threads, each with a session of its own."""

    def __init__(self, jobs: int, stamp: Stamp, clocks: Clocks) -> None:
        """Start no thread before there is work."""
        self._jobs = jobs
        self._pool = ThreadPoolExecutor(jobs)
        self._stamp = stamp
        self._clocks = clocks
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

    def compute(self, session: Session, batch: Sequence[Chunk], timeout: float, inputs: StagedInputs) -> Iterator[Done]:
        """Compute and publish chunks, each as it ends.

        Args:
            session: The open session; each thread gets a worker of it.
            batch: The chunks.
            timeout: Seconds that one processor may take over all its chunks.
            inputs: Where the inputs are staged.
        """
        span = DateRange(min(chunk.span.start for chunk in batch), max(chunk.span.end for chunk in batch))
        prepared = prepare(session, tuple(dict.fromkeys(chunk.processor for chunk in batch)), span, inputs)
        tasks: dict[Future[Done], Chunk] = {
            self._pool.submit(self._publish, session, chunk, timeout, prepared): chunk for chunk in batch
        }
        pending = set(tasks)
        while pending:
            # A short wait, because a lock that waits without end cannot be interrupted everywhere.
            ended, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            for task in ended:
                yield task.result()

    def _publish(self, session: Session, chunk: Chunk, timeout: float, prepared: Prepared) -> Done:
        started = self._clocks.clock()
        result: ChunkResult | None = None
        failed: BackcourtError | None = None
        with session.worker() as own:
            with self._guard:
                self._sessions.append(own)
                stopping = self._stopping
            try:
                if stopping:
                    raise KeyboardInterrupt
                left = self._left(chunk.table, timeout)
                with limited(own, left, f"{chunk.table} on {chunk.span}", _LONGER, self._clocks.timer):
                    result = publish_chunk(
                        own, chunk.processor, chunk.span, self._stamp, prepared=prepared, reason=chunk.reason
                    )
            except (AuditError, MissingUpstreamError, QueryError, TimeLimitError) as error:
                if self._stopping:
                    raise KeyboardInterrupt from error
                failed = error
            finally:
                with self._guard:
                    self._sessions.remove(own)
        seconds = self._clocks.clock() - started
        with self._guard:
            self._used[chunk.table] = self._used.get(chunk.table, 0.0) + seconds
        return Done(chunk, result, failed, seconds)

    def _left(self, table: str, timeout: float) -> float:
        """Seconds that a table may still take."""
        left = timeout - self._used.get(table, 0.0)
        if left <= 0:
            raise TimeLimitError(f"{table} took longer than {timeout:,.0f} s", next_step=_LONGER)
        return left

    def _stop(self) -> None:
        with self._guard:
            self._stopping = True
            for session in self._sessions:
                session.interrupt()


_LONGER = "give it longer with --timeout, or a shorter range"
