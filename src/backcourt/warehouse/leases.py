"""Who writes: every lock that is stored, and whether it still counts, by the clock that leases run by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from backcourt.warehouse.base import Session
from backcourt.warehouse.holders import is_gone

LOCKS = "nba_processing.locks"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock: the run, who holds it, what, since when and until when without a sign of life.

    ``live`` is False once its lease has expired or its process is known to be gone; the next run frees it.
    """

    run_id: str
    holder: str
    what: str
    since: datetime
    expires: datetime
    live: bool


def stored_locks(session: Session, now: datetime | None = None) -> tuple[Lock, ...]:
    """The locks by run and holder, in that order.

    Args:
        session: An open session; its clock says which leases have ended.
        now: The time (UTC), where leases do not run by the warehouse's own clock; None for this machine's.
    """
    rows = session.rows(
        "SELECT run_id, holder, MIN(lock_name) AS what, MIN(acquired_at) AS since, MAX(expires_at) AS expires, "
        f"MAX(expires_at) > {session.clock} AS is_running, COALESCE(MIN(holder_birth), '') AS birth, "
        f"COALESCE(MIN(instance_id), '') AS instance FROM {LOCKS} GROUP BY run_id, holder ORDER BY run_id, holder",
        {"now": now or datetime.now(UTC)},
    )
    return tuple(
        Lock(
            str(run),
            str(who),
            str(what),
            cast("datetime", since),
            cast("datetime", until),
            bool(is_running) and not is_gone(str(who), str(birth), str(instance)),
        )
        for run, who, what, since, until, is_running, birth, instance in rows
    )
