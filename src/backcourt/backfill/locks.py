"""Who writes which dates of which table: rows with a lease in nba_processing.locks.

Two runs that overlap in table and date cannot both hold them. A lease that is not renewed expires; below the same
kernel a lock whose process is gone is free at once. A run renews its locks while it works, and gives its session back
in between, so that others get their turn. Each of its publications fails if its locks are another's by then.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from backcourt.backfill import SQL
from backcourt.backfill.heartbeat import Heartbeat
from backcourt.backfill.request import RunIdentity
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError, LockedError, QueryInterruptedError, WarehouseLockedError
from backcourt.processes import birth_of
from backcourt.warehouse.base import Parameters, Session, Statement, Value, Warehouse
from backcourt.warehouse.holders import Holder, is_gone, kernel
from backcourt.warehouse.leases import LOCKS, stored_locks

LEASE_SECONDS = 600
_HOLD_SECONDS = 3.0
"""A session is given back after this long, so that readers and other runs get their turn."""
_PAUSE_SECONDS = 0.05
_WAIT_SECONDS = 120.0
"""A run that has begun waits this long for somebody who has the warehouse in the meantime, before it gives up."""
_LOOKS = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between looks at another run that asks for the same dates at this moment, until it steps back."""
_TRIES = 5
"""How often dates are asked for that nobody holds any more by the time one looks who it is."""
_OF_OTHERS = (
    "l.table_name IN UNNEST(@tables) AND l.start_date <= @end_date AND l.end_date >= @start_date "
    "AND NOT (l.run_id = @run_id AND COALESCE(l.instance_id, '') = @instance)"
)
"""Condition on locks (alias l): what another run holds of these tables and dates."""
_OF_RUN = "run_id = @run_id"


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
    """Take the locks of all tables over a range, or none: one transaction, and one look at who else was asking.

    Args:
        session: A session that can write.
        tables: Full names.
        span: Dates that the run may write.
        run_id: The run.
        holder: Who takes them.
        now: The time (UTC), where leases do not run by the warehouse's own clock.
        also: Statements of the same transaction: what must not be without the locks, nor they without it.

    Raises:
        LockedError: If a live run holds some of these dates of one of the tables; it names who and since when.
    """
    values: dict[str, Value] = {
        "tables": list(tables),
        "start_date": span.start,
        "end_date": span.end,
        "gone": [""],
        "ended": [""],
        "names": [f"{name} {span}" for name in tables],
        "run_id": run_id,
        "holder": holder.text,
        "birth": holder.birth,
        "instance": holder.instance,
        "now": now,
    }
    taking = _Taking(session, values, also)
    for _ in range(_TRIES):
        if taking.try_once():
            return
        others = taking.others()
        gone = [other.run_id for other in others if is_gone(other.holder, other.birth, other.instance)]
        if live := [other for other in others if not other.is_over and other.run_id not in gone]:
            raise _locked(live[0])
        if others:
            session.settle([other.run_id for other in others])
        values["gone"] = gone or [""]
        values["ended"] = [other.run_id for other in others if other.is_over] or [""]
    raise LockedError(
        f"other runs keep taking {', '.join(tables)} on {span}", next_step="try again, or choose other dates or tables"
    )


@dataclass(frozen=True, slots=True)
class _Taking:
    """An attempt to take locks."""

    session: Session
    values: dict[str, Value]
    also: Sequence[Statement]

    def try_once(self) -> bool:
        """Take the locks; False if another run holds some of them.

        Raises:
            LockedError: If another run asked at the same moment and goes first.
        """
        parts = {"of_others": _OF_OTHERS, "clock": self.session.clock}
        taken = [
            Statement(SQL("lock_interrupted", **parts), self.values),
            Statement(SQL("lock_free", **parts), self.values),
            Statement(SQL("lock_insert", **parts, lease_seconds=str(LEASE_SECONDS)), self.values),
            _or_fail(self.values, f"{_OF_RUN} AND COALESCE(instance_id, '') = @instance"),
            *self.also,
        ]
        try:
            self.session.transaction(taken)
        except LockedError:
            return False
        except (KeyboardInterrupt, QueryInterruptedError):
            # They may have been taken already, and the caller has nothing to give back yet.
            self._step_back(SQL("lock_stopped", clock=self.session.clock))
            raise
        try:
            first = self._first_of_those_who_ask()
        except BaseException:
            self._step_back(SQL("lock_stopped", clock=self.session.clock))
            raise
        if first:
            self._step_back(SQL("lock_refused"))
            raise _locked(first)
        return True

    def _first_of_those_who_ask(self) -> _Held | None:
        """Another run that has the dates although this one has them, too; None if this one may go on.

        Two transactions that only add rows may both have looked before either wrote. Whoever of them is later by name
        steps back; the other one waits for that, and steps back itself from one that has looked already and stays.
        """
        for pause in (*_LOOKS, None):
            others = self.others()
            if not others or pause is None or any(other.key < self._key for other in others):
                return others[0] if others else None
            time.sleep(pause)
        return None

    def others(self) -> list[_Held]:
        """What other runs hold of the same tables and dates, the oldest first."""
        return _overlapping(self.session, self.values)

    @property
    def _run_id(self) -> str:
        return str(self.values["run_id"])

    @property
    def _key(self) -> tuple[str, str]:
        return self._run_id, str(self.values["instance"])

    def _step_back(self, sql: str) -> None:
        self.session.transaction([release(self._run_id), Statement(sql, self.values)])


def refuse_if_held(session: Session, tables: tuple[str, ...], span: DateRange, now: datetime) -> None:
    """Refuse dates of tables that a live run writes.

    Args:
        session: An open session.
        tables: Full names.
        span: The dates.
        now: The time (UTC), where leases do not run by the warehouse's own clock.

    Raises:
        LockedError: If there is one.
    """
    values: dict[str, Value] = {"tables": list(tables), "start_date": span.start, "end_date": span.end, "now": now}
    for other in _overlapping(session, {**values, "run_id": "", "instance": ""}):
        if not other.is_over and not is_gone(other.holder, other.birth, other.instance):
            raise _locked(other)


def _overlapping(session: Session, values: Parameters) -> list[_Held]:
    """What other runs hold of the same tables and dates, the oldest first."""
    rows = session.rows(SQL("lock_overlapping", of_others=_OF_OTHERS, clock=session.clock), values)
    return [_Held(*row) for row in rows]  # type: ignore[arg-type]


def renew(session: Session, run_id: str, now: datetime) -> None:
    """Extend the run's leases.

    Args:
        session: A session that can write.
        run_id: The run.
        now: The time (UTC), where leases do not run by the warehouse's own clock.

    Raises:
        LockedError: If they are gone because they had expired and another run took the dates.
    """
    sql = SQL("lock_renew", clock=session.clock, lease_seconds=str(LEASE_SECONDS))
    session.transaction([Statement(sql, {"run_id": run_id, "now": now}), _or_fail({"run_id": run_id})])


def still_held(run_id: str) -> tuple[Statement, ...]:
    """Statements that belong to each publication of a run: they fail with a LockedError once its locks are another's.

    They write the locks, too, so that of a publication and a takeover at the same moment only one is carried out.
    """
    return Statement(SQL("lock_touch"), {"run_id": run_id}), _or_fail({"run_id": run_id})


def _or_fail(values: Parameters, mine: str = _OF_RUN) -> Statement:
    """The statement that fails its transaction if the run has no locks."""
    return Statement(SQL("lock_lost", mine=mine), values)


def release(run_id: str) -> Statement:
    """The statement that gives the run's locks back."""
    return Statement(f"DELETE FROM {LOCKS} WHERE run_id = @run_id", {"run_id": run_id})


@dataclass(frozen=True, slots=True)
class _Held:
    """What another run holds of some tables and dates."""

    run_id: str
    holder: str
    birth: str
    instance: str
    since: datetime
    is_over: bool
    what: str

    @property
    def key(self) -> tuple[str, str]:
        return self.run_id, self.instance


def _locked(other: _Held) -> LockedError:
    return LockedError(
        f"run {other.run_id} ({other.holder}) has been writing {other.what} since {other.since:%Y-%m-%d %H:%M} UTC",
        next_step="wait until it has ended (backcourt status shows it), or choose other dates or tables",
    )


def are_held(session: Session, run_id: str) -> bool:
    """True if the run has locks."""
    return bool(session.rows(f"SELECT 1 FROM {LOCKS} WHERE run_id = @run_id LIMIT 1", {"run_id": run_id}))


def live_runs(session: Session, now: datetime) -> frozenset[str]:
    """The runs whose locks count; ``now`` as of ``stored_locks``."""
    return frozenset(lock.run_id for lock in stored_locks(session, now) if lock.live)


class YieldingSession:
    """A session that is closed and opened again once it has been held for a while, and the locks of its run."""

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
        self._ensured = False
        self._guard = threading.Lock()
        self._heart = Heartbeat(self._beat)

    def __enter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    def session(self) -> Session:
        """The session; another one if the last was held for long."""
        if self._warehouse.exclusive and self._session is not None and self._clock() - self._since > _HOLD_SECONDS:
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

    def lock(self, session: Session, tables: tuple[str, ...], span: DateRange, also: Sequence[Statement] = ()) -> None:
        """Take the locks of the run's tables and dates (``acquire``), and renew them from now on."""
        acquire(
            session,
            tables,
            span,
            run_id=self._identity.run_id,
            holder=self._warehouse.holder(),
            now=self._now(),
            also=also,
        )
        self._heart.start()

    def _beat(self) -> None:
        """Renew the locks from the thread; while the run waits for its file there is nothing to renew with."""
        if not self._warehouse.exclusive:
            with self._warehouse.write() as session:
                self._renew(session)
            return
        with self._guard:
            if self._session is not None:
                with self._session.worker() as own:
                    self._renew(own)

    def _renew(self, session: Session) -> None:
        renew(session, self._identity.run_id, self._now())

    def tell(self, doing: str) -> None:
        """Say what is being done.

        Raises:
            LockedError: If the locks had expired and another run took them.
        """
        if self._heart.lost:
            raise self._heart.lost
        self._warehouse.tell(
            {
                "run_id": self._identity.run_id,
                "pid": os.getpid(),
                "birth": birth_of(os.getpid()),
                "instance": kernel(),
                "since": f"{self._identity.now:%Y-%m-%d %H:%M:%S} UTC",
                "doing": doing,
            },
            self._identity.run_id,
        )

    def finish(self, statements: Sequence[Statement], *, swallow: bool) -> None:
        """Run the closing statements; with ``swallow`` a failing warehouse does not hide the error before it."""
        self._heart.stop()
        try:
            self.session().transaction(statements)
        except BackcourtError as error:
            if not swallow or isinstance(error, QueryInterruptedError):
                raise

    def _close(self) -> None:
        with self._guard:
            manager, self._manager, self._session = self._manager, None, None
            if manager is not None:
                manager.__exit__(None, None, None)

    def __exit__(self, *_: object) -> None:
        """Give the session back and take the note away."""
        self._heart.stop()
        self._close()
        self._warehouse.tell(None, self._identity.run_id)
