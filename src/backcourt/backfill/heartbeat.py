"""The heartbeat of a run: a thread that renews its locks while a statement computes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

from backcourt.errors import BackcourtError, LockedError
from backcourt.warehouse.work import working

RENEW_SECONDS = 60.0


class Heartbeat:
    """A thread that renews a run's locks while it computes; a beat that fails is tried again sooner."""

    def __init__(self, beat: Callable[[], None], *, every: float | None = None) -> None:
        """Nothing beats before ``start``.

        Args:
            beat: Renews the locks.
            every: Seconds between two beats; after a failed one a sixth of them.
        """
        self.lost: LockedError | None = None
        self._beat = beat
        self._every = RENEW_SECONDS if every is None else every
        self._ended = threading.Event()
        own = copy_context()
        self._thread = threading.Thread(target=own.run, args=(self._go_on,), name="backcourt-heartbeat", daemon=True)

    def start(self) -> None:
        """Begin; the first beat comes after the pause."""
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Beat no more, and wait some seconds for a beat that is under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _go_on(self) -> None:
        pause = self._every
        while not self._ended.wait(pause):
            try:
                with working(step="renew", urgent=True):
                    self._beat()
            except LockedError as error:
                self.lost = error
                return
            except BackcourtError:
                pause = self._every / 6
            else:
                pause = self._every
