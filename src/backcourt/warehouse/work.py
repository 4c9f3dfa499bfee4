"""What is being worked on: a warehouse that others pay for names and labels its jobs by it, and limits their time.

It is said once, by whoever starts the work, and goes with the thread; a new thread needs ``contextvars.copy_context``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Work:
    """Whose work a statement is; "" where that is not said.

    Attributes:
        run: The run's id.
        mode: Name of the run's mode.
        table: The table that is computed or loaded.
        chunk: The part of it, such as its dates.
        step: What is done to it; "" leaves it to the kind of statement.
        seconds: Time that a statement may take; None for the usual limit.
        urgent: True if it does not wait until fewer jobs run: a lease would end meanwhile.
    """

    run: str = ""
    mode: str = ""
    table: str = ""
    chunk: str = ""
    step: str = ""
    seconds: float | None = None
    urgent: bool = False


_NOBODYS = Work()
_CURRENT: ContextVar[Work] = ContextVar("work", default=_NOBODYS)


def current_work() -> Work:
    """What this thread works on."""
    return _CURRENT.get()


@contextmanager
def working(**words: Any) -> Iterator[None]:  # noqa: ANN401 - the fields of Work
    """Say what is being worked on, beside what was said around it.

    Args:
        **words: Fields of ``Work``.
    """
    before = _CURRENT.set(replace(_CURRENT.get(), **words))
    try:
        yield
    finally:
        _CURRENT.reset(before)
