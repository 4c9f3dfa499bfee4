"""Who writes which dates of which table: rows with a lease in nba_processing.locks.

Two runs that overlap in table and date cannot both hold them. A lease that is not renewed expires; on the same machine
a lock whose process is gone is free at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backcourt.calendar import DateRange
from backcourt.errors import LockedError
from backcourt.warehouse.base import Session, Statement, Value
from backcourt.warehouse.holders import Holder, is_live, this_process

__all__ = ["LEASE", "RENEW_SECONDS", "Holder", "acquire", "is_live", "live_runs", "release", "renew", "this_process"]

LEASE = timedelta(minutes=10)
RENEW_SECONDS = 60.0
_LOCKS = "nba_processing.locks"
_HISTORY = "nba_reference.processor_run_history"


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
    names = [f"{name} {span}" for name in tables]
    values: dict[str, Value] = {
        "tables": list(tables),
        "start": span.start,
        "end": span.end,
        "gone": [other.run_id for other in held] or [""],
        "names": names,
        "run_id": run_id,
        "holder": holder.text,
        "birth": holder.birth,
        "now": now,
        "expires": now + LEASE,
    }
    session.transaction(
        [
            Statement(f"DELETE FROM {_LOCKS} WHERE run_id IN UNNEST(@gone)", values),
            _interrupted([other.run_id for other in held], now),
            Statement(
                f"INSERT INTO {_LOCKS} (lock_name, table_name, start_date, end_date, run_id, holder, holder_birth, "
                "acquired_at, heartbeat_at, expires_at) SELECT n, t, @start, @end, @run_id, @holder, @birth, @now, "
                "@now, @expires FROM UNNEST(@names) AS n WITH OFFSET AS i "
                "INNER JOIN UNNEST(@tables) AS t WITH OFFSET AS j ON i = j",
                values,
            ),
            *also,
        ]
    )
    # Two runs may have looked before either wrote (threads of one process, or a warehouse elsewhere). Whoever sees the
    # other now steps back, at worst both.
    for other in _overlapping(session, tables, span, run_id):
        session.transaction([release(run_id), _interrupted([run_id], now)])
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
    rows = session.rows(
        "SELECT run_id, holder, COALESCE(holder_birth, ''), acquired_at, MAX(expires_at), MIN(lock_name) "
        f"FROM {_LOCKS} WHERE table_name IN UNNEST(@tables) AND start_date <= @end AND end_date >= @start "
        "AND run_id <> @run_id GROUP BY run_id, holder, holder_birth, acquired_at ORDER BY acquired_at, run_id",
        {"tables": list(tables), "start": span.start, "end": span.end, "run_id": run_id},
    )
    return [_Held(*row) for row in rows]  # type: ignore[arg-type] # the catalog declares them so


def _locked(other: _Held) -> LockedError:
    return LockedError(
        f"run {other.run_id} ({other.holder}) has been writing {other.what} since {other.since:%Y-%m-%d %H:%M} UTC",
        next_step="wait until it has ended (backcourt status shows it), or choose other dates or tables",
    )


def _interrupted(run_ids: Sequence[str], now: datetime) -> Statement:
    """The statement that says of runs that did not end by themselves how they ended."""
    return Statement(
        f"UPDATE {_HISTORY} SET status = 'interrupted', processed_at = @now "
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
