"""Who writes which dates of which table: rows with a lease in nba_processing.locks.

Two runs that overlap in table and date cannot both hold them. A lease that is not renewed expires; on the same machine
a lock whose process is gone is free at once. A run renews its locks while it works, and gives its session back in
between, so that others get their turn.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from backcourt.backfill import SQL
from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError, LockedError, QueryInterruptedError, WarehouseLockedError
from backcourt.processes import birth_of
from backcourt.warehouse.base import Session, Statement, Value, Warehouse
from backcourt.warehouse.holders import Holder, is_live

LEASE = timedelta(minutes=10)
RENEW_SECONDS = 60.0
_LOCKS = "nba_processing.locks"
_HOLD_SECONDS = 3.0
"""A session is given back after this long, so that readers and other runs get their turn."""
_PAUSE_SECONDS = 0.05
_WAIT_SECONDS = 120.0
"""A run that has begun waits this long for somebody who has the warehouse in the meantime, before it gives up."""


def acquire(
    session: Session,
    tables: tuple[str, ...],
    span: DateRange,
    *,
    run_id: str,
    holder: Holder,
    now: datetime,
    also: Sequence[Statement] = (),
) -> None:
    """Take the locks of all tables over a range, or none.

    Args:
        session: A session that can write.
        tables: Full names.
        span: Dates that the run may write.
        run_id: The run.
        holder: Who takes them.
        now: The time (UTC).
        also: Statements of the same transaction: what must not be without the locks, nor they without it.

    Raises:
        LockedError: If a live run holds some of these dates of one of the tables; it names who and since when.
    """
    held = _overlapping(session, tables, span, run_id)
    for other in held:
        if is_live(other.holder, other.birth, other.expires, now):
            raise _locked(other)
    if held:
        session.settle([other.run_id for other in held])
    names = [f"{name} {span}" for name in tables]
    values: dict[str, Value] = {
        "tables": list(tables),
        "start_date": span.start,
        "end_date": span.end,
        "gone": [other.run_id for other in held] or [""],
        "names": names,
        "run_id": run_id,
        "holder": holder.text,
        "birth": holder.birth,
        "now": now,
        "expires": now + LEASE,
    }
    taken = [
        Statement(f"DELETE FROM {_LOCKS} WHERE run_id IN UNNEST(@gone)", values),
        _interrupted([other.run_id for other in held], now),
        Statement(SQL("lock_insert"), values),
        *also,
    ]
    given_back = [release(run_id), _interrupted([run_id], now)]
    try:
        session.transaction(taken)
        # Two runs may have looked before either wrote (threads of one process, or a warehouse elsewhere). Whoever sees
        # the other now steps back, at worst both.
        others = _overlapping(session, tables, span, run_id)
    except (KeyboardInterrupt, QueryInterruptedError):
        # They may have been taken already, and the caller has nothing to give back yet.
        session.transaction(given_back)
        raise
    for other in others:
        session.transaction(given_back)
        raise _locked(other)


def refuse_if_held(session: Session, tables: tuple[str, ...], span: DateRange, now: datetime) -> None:
    """Refuse dates of tables that a live run writes.

    Raises:
        LockedError: If there is one.
    """
    for other in _overlapping(session, tables, span, ""):
        if is_live(other.holder, other.birth, other.expires, now):
            raise _locked(other)


def renew(session: Session, run_id: str, now: datetime) -> None:
    """Extend the run's leases.

    Raises:
        LockedError: If they are gone because they had expired and another run took the dates.
    """
    changed = session.transaction(
        [
            Statement(
                f"UPDATE {_LOCKS} SET heartbeat_at = @now, expires_at = @expires WHERE run_id = @run_id",
                {"now": now, "expires": now + LEASE, "run_id": run_id},
            )
        ]
    )
    if not changed[0]:
        raise LockedError(
            f"the locks of run {run_id} expired and were taken by another run",
            next_step="run the same command again once the other one has ended",
        )


def release(run_id: str) -> Statement:
    """The statement that gives the run's locks back."""
    return Statement(f"DELETE FROM {_LOCKS} WHERE run_id = @run_id", {"run_id": run_id})


@dataclass(frozen=True, slots=True)
class _Held:
    """What another run holds of some tables and dates."""

    run_id: str
    holder: str
    birth: str
    since: datetime
    expires: datetime
    what: str


def _overlapping(session: Session, tables: tuple[str, ...], span: DateRange, run_id: str) -> list[_Held]:
    """What other runs hold, the oldest first."""
    rows = session.query(
        SQL("lock_overlapping"),
        {"tables": list(tables), "start_date": span.start, "end_date": span.end, "run_id": run_id},
    ).to_pylist()
    return [_Held(**row) for row in rows]


def _locked(other: _Held) -> LockedError:
    return LockedError(
        f"run {other.run_id} ({other.holder}) has been writing {other.what} since {other.since:%Y-%m-%d %H:%M} UTC",
        next_step="wait until it has ended (backcourt status shows it), or choose other dates or tables",
    )


def _interrupted(run_ids: Sequence[str], now: datetime) -> Statement:
    """The statement that says of runs that did not end by themselves how they ended."""
    return Statement(
        "UPDATE nba_reference.processor_run_history SET status = 'interrupted', processed_at = @now "
        "WHERE status = 'running' AND run_id IN UNNEST(@gone)",
        {"gone": list(run_ids) or [""], "now": now},
    )


def live_runs(session: Session, now: datetime) -> frozenset[str]:
    """The runs whose locks count."""
    rows = session.rows(f"SELECT DISTINCT run_id, holder, COALESCE(holder_birth, ''), expires_at FROM {_LOCKS}")
    return frozenset(
        str(run_id)
        for run_id, holder, birth, expires in rows
        if isinstance(expires, datetime) and is_live(str(holder), str(birth), expires, now)
    )


class YieldingSession:
    """A session that is closed and opened again once it has been held for a while."""

    def __init__(
        self, warehouse: Warehouse, identity: RunIdentity, clock: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        """Nothing is opened yet."""
        self._warehouse = warehouse
        self._identity = identity
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
                "run_id": self._identity.run_id,
                "pid": os.getpid(),
                "birth": birth_of(os.getpid()),
                "since": f"{self._identity.now:%Y-%m-%d %H:%M:%S} UTC",
                "doing": doing,
            },
            self._identity.run_id,
        )
        if self._clock() - self._renewed > RENEW_SECONDS:
            renew(self.session(), self._identity.run_id, self._now())
            self._renewed = self._clock()

    def finish(self, statements: Sequence[Statement], *, swallow: bool) -> None:
        """Run the closing statements; with ``swallow`` a failing warehouse does not hide the error before it."""
        try:
            self.session().transaction(statements)
        except BackcourtError as error:
            if not swallow or isinstance(error, QueryInterruptedError):
                raise

    def _close(self) -> None:
        manager, self._manager, self._session = self._manager, None, None
        if manager is not None:
            manager.__exit__(None, None, None)

    def __exit__(self, *_: object) -> None:
        """Give the session back and take the note away."""
        self._close()
        self._warehouse.tell(None, self._identity.run_id)
