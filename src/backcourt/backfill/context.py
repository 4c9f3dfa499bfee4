"""What a run needs of the world around it: who is told, what starts the next step, the clocks and the time limits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from backcourt.backfill.events import Publisher, TablePublisher
from backcourt.backfill.notify import NoNotifier, Notifier
from backcourt.errors import QueryInterruptedError, TimeLimitError
from backcourt.warehouse.base import Session
from backcourt.warehouse.work import working

Progress = Callable[[str, int, int], None]
"""Who is told how far a run is: what is next, and how many pieces of how many are done."""


class Timer(Protocol):
    """Something that calls back after a while unless it is cancelled, like ``threading.Timer``."""

    def start(self) -> None:
        """Begin to wait."""

    def cancel(self) -> None:
        """Do not call back."""


def tell_nobody(doing: str, done: int, total: int) -> None:
    """Progress that nobody sees."""


def utc_now() -> datetime:
    """The time, for leases and for the end of a run; rows carry the time of the run's identity."""
    return datetime.now(UTC).replace(microsecond=0)


def daemon_timer(seconds: float, action: Callable[[], None]) -> Timer:
    """A timer that does not keep the process alive."""
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    return timer


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run needs of the world around it; tests put in their own.

    Attributes:
        notifier: Who is told.
        publisher: What starts the next step after a completed table.
        progress: Told before each chunk and at the end.
        starting: Called once there is something to do and the locks are held, before anything is computed.
        clock: Seconds, for durations and leases.
        now: The time of the end of a run and of its leases.
        timer: Makes the timers of the limits.
    """

    notifier: Notifier = field(default_factory=NoNotifier)
    publisher: Publisher = field(default_factory=TablePublisher)
    progress: Progress = tell_nobody
    starting: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.perf_counter
    now: Callable[[], datetime] = utc_now
    timer: Callable[[float, Callable[[], None]], Timer] = daemon_timer

    @contextmanager
    def limited(self, session: Session, seconds: float, what: str, next_step: str) -> Iterator[None]:
        """Stop what a session does once the time is up; a statement is stopped from another thread.

        Args:
            session: Whose statements are stopped.
            seconds: The limit.
            what: What is being done, for the error.
            next_step: What to do then.

        Raises:
            TimeLimitError: If the limit was reached, also if what was done came to its end all the same.
        """
        over, ended, guard = threading.Event(), threading.Event(), threading.Lock()

        def stop() -> None:
            # A timer that ends at this very moment must not stop the statement that comes next.
            with guard:
                if not ended.is_set():
                    over.set()
                    session.interrupt()

        waiting = self.timer(seconds, stop)
        waiting.start()
        try:
            with working(seconds=seconds):
                yield
        except QueryInterruptedError:
            if not over.is_set():
                raise
        finally:
            waiting.cancel()
            with guard:
                ended.set()
        if over.is_set():
            raise TimeLimitError(f"{what} took longer than {seconds:,.0f} s", next_step=next_step)
