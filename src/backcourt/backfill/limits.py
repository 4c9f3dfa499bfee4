"""Time limits: a statement that runs longer than it may is stopped from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from backcourt.errors import QueryInterruptedError, TimeLimitError
from backcourt.warehouse.base import Session


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
