"""The session of a run: given back and opened again once it has been held for a while, its locks renewed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Self

from backcourt.backfill import locks
from backcourt.backfill.stamp import Stamp
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError, WarehouseLockedError
from backcourt.processes import birth_of
from backcourt.warehouse.base import Session, Statement, Warehouse

_HOLD_SECONDS = 3.0
"""A session is given back after this long, so that readers and other runs get their turn."""
_PAUSE_SECONDS = 0.05
_WAIT_SECONDS = 120.0
"""A run that has begun waits this long for somebody who has the warehouse in the meantime, before it gives up."""


class Lease:
    """A session that is closed and opened again once it has been held for a while."""

    def __init__(
        self, warehouse: Warehouse, stamp: Stamp, clock: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        """Nothing is opened yet."""
        self._warehouse = warehouse
        self._stamp = stamp
        self._clock = clock
        self._now = now
        self._manager: AbstractContextManager[Session] | None = None
        self._session: Session | None = None
        self._since = 0.0
        self._renewed = clock()
        self._ensured = False

    def __enter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    def session(self) -> Session:
        """The session; another one if the last was held for long."""
        if self._session is not None and self._clock() - self._since > _HOLD_SECONDS:
            self._close()
        if self._session is None:
            self._session = self._open()
            self._since = self._clock()
        return self._session

    def _open(self) -> Session:
        """A new session. The first one is refused soon if the warehouse is in use; later ones wait for their turn."""
        until = self._clock() + (_WAIT_SECONDS if self._ensured else 0)
        while True:
            manager = self._warehouse.write(() if self._ensured else TABLES)
            try:
                session = manager.__enter__()
            except WarehouseLockedError:
                if self._clock() >= until:
                    raise
                time.sleep(_PAUSE_SECONDS)
                continue
            self._manager, self._ensured = manager, True
            return session

    def renew(self, doing: str) -> None:
        """Say what is being done, and extend the locks if it is time.

        Raises:
            LockedError: If the locks had expired and another run took them.
        """
        self._warehouse.tell(
            {
                "run_id": self._stamp.run_id,
                "pid": os.getpid(),
                "birth": birth_of(os.getpid()),
                "since": f"{self._stamp.now:%Y-%m-%d %H:%M:%S} UTC",
                "doing": doing,
            },
            self._stamp.run_id,
        )
        if self._clock() - self._renewed > locks.RENEW_SECONDS:
            locks.renew(self.session(), self._stamp.run_id, self._now())
            self._renewed = self._clock()

    def finish(self, statements: Sequence[Statement], *, swallow: bool) -> None:
        """Run the closing statements; with ``swallow`` a failing warehouse does not hide the error before it.

        They may be run twice: an interrupt in the middle of them would leave the locks.
        """
        try:
            self.session().transaction(statements)
        except KeyboardInterrupt:
            self.session().transaction(statements)
            raise
        except BackcourtError:
            if not swallow:
                raise

    def _close(self) -> None:
        manager, self._manager, self._session = self._manager, None, None
        if manager is not None:
            manager.__exit__(None, None, None)

    def __exit__(self, *_: object) -> None:
        """Give the session back and take the note away."""
        self._close()
        self._warehouse.tell(None, self._stamp.run_id)
