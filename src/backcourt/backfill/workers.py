"""Threads that compute chunks side by side, stopped within a moment when somebody interrupts.

A chunk that cannot be computed because of what its rows hold is halved until only the dates at fault fail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import Protocol, Self

from backcourt.backfill.chunks import Chunk
from backcourt.backfill.fingerprints import StagedInputs
from backcourt.backfill.publish import ChunkResult, Prepared, prepare, publish_chunk
from backcourt.backfill.stamp import Stamp
from backcourt.calendar import DateRange
from backcourt.errors import (
    AuditError,
    BackcourtError,
    BadValueError,
    MissingUpstreamError,
    QueryError,
    QueryInterruptedError,
    TimeLimitError,
)
from backcourt.warehouse.base import Session

_BATCH = 8
"""Chunks between which the warehouse's file can be given back."""
_LONGER = "give it longer with --timeout, or a shorter range"


class Timer(Protocol):
    """Something that calls back after a while unless it is cancelled, like ``threading.Timer``."""

    def start(self) -> None:
        """Begin to wait."""

    def cancel(self) -> None:
        """Do not call back."""


TimerFactory = Callable[[float, Callable[[], None]], Timer]


def daemon_timer(seconds: float, action: Callable[[], None]) -> Timer:
    """A timer that does not keep the process alive."""
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    return timer


@contextmanager
def limited(session: Session, seconds: float, what: str, next_step: str, timer: TimerFactory) -> Iterator[None]:
    """Stop what the session does once the time is up.

    Args:
        session: Whose statements are stopped.
        seconds: The limit.
        what: What is being done, for the error.
        next_step: What to do then.
        timer: Makes the timer.

    Raises:
        TimeLimitError: If the limit was reached.
    """
    over = threading.Event()

    def stop() -> None:
        over.set()
        session.interrupt()

    waiting = timer(seconds, stop)
    waiting.start()
    try:
        yield
    except QueryInterruptedError:
        if over.is_set():
            raise TimeLimitError(f"{what} took longer than {seconds:,.0f} s", next_step=next_step) from None
        raise
    finally:
        waiting.cancel()
    if over.is_set():
        raise TimeLimitError(f"{what} took longer than {seconds:,.0f} s", next_step=next_step)


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
    """A chunk, or a part of one, that ended.

    Attributes:
        chunk: The chunk.
        result: What it did, None if it raised.
        error: What it raised.
        seconds: Time taken.
        failed: Scheduled dates that failed, with the error or alone.
    """

    chunk: Chunk
    result: ChunkResult | None
    error: BackcourtError | None
    seconds: float
    failed: tuple[date, ...] = ()

    @property
    def at_fault(self) -> bool:
        """True if what its rows hold is the cause: not a time limit, an interrupt or the engine."""
        return isinstance(self.error, AuditError | BadValueError)


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

    def compute(
        self, session: Session, batch: Sequence[Chunk], timeout: float, inputs: StagedInputs
    ) -> Iterator[list[Done]]:
        """Compute and publish chunks, each as it ends: as a whole, or in the parts into which it was split.

        Args:
            session: The open session; each thread gets a worker of it.
            batch: The chunks.
            timeout: Seconds that one processor may take over all its chunks.
            inputs: Where the inputs are staged.
        """
        span = DateRange(min(chunk.span.start for chunk in batch), max(chunk.span.end for chunk in batch))
        prepared = prepare(session, tuple(dict.fromkeys(chunk.processor for chunk in batch)), span, inputs)
        pending: set[Future[list[Done]]] = {
            self._pool.submit(self._publish, session, chunk, timeout, prepared) for chunk in batch
        }
        while pending:
            # A short wait, because a lock that waits without end cannot be interrupted everywhere.
            ended, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            for task in ended:
                yield task.result()

    def _publish(self, session: Session, chunk: Chunk, timeout: float, prepared: Prepared) -> list[Done]:
        """Compute a chunk, and if its rows are at fault, its parts; of those only single dates fail."""

        def attempt(part: Chunk) -> Done:
            return self._attempt(session, part, timeout, prepared)

        ended = attempt(chunk)
        if not ended.at_fault or len(ended.failed) < 2:  # noqa: PLR2004 # one date is not split
            return [ended]
        parts = _search(attempt, chunk, ended.failed, fails=True)
        return [replace(parts[0], seconds=parts[0].seconds + ended.seconds), *parts[1:]]

    def _attempt(self, session: Session, chunk: Chunk, timeout: float, prepared: Prepared) -> Done:
        started = self._clocks.clock()
        result: ChunkResult | None = None
        failed: BackcourtError | None = None
        days: tuple[date, ...] = ()
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
                days = prepared.scheduled(own, chunk.span)
            finally:
                with self._guard:
                    self._sessions.remove(own)
        seconds = self._clocks.clock() - started
        with self._guard:
            self._used[chunk.table] = self._used.get(chunk.table, 0.0) + seconds
        return Done(chunk, result, failed, seconds, result.broken if result else days)

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


def _search(attempt: Callable[[Chunk], Done], chunk: Chunk, days: Sequence[date], *, fails: bool) -> list[Done]:
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
