"""Circuit breakers of entities and processors.

An entity that failed three times rests for seven days, a processor after five failed runs in a row for thirty minutes.
Daily mode consults and feeds them; backfill does neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from backcourt.backfill import SQL
from backcourt.backfill.request import RunIdentity
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES
from backcourt.warehouse.base import Session, Staged, Statement, Value

ENTITY_ATTEMPTS = 3
ENTITY_REST = timedelta(days=7)
PROCESSOR_FAILURES = 5
PROCESSOR_REST = timedelta(minutes=30)
_TRIED = ", ".join(
    f"'{category.name}'"
    for category in CATEGORIES
    if not category.expected and category.name != "CIRCUIT_BREAKER_ACTIVE"
)


def resting(processor: Processor, stage: Staged) -> str:
    """SELECT of the candidates that rest, as failure records; takes @processor and @now."""
    return SQL(
        "breaker_resting",
        attempts=str(ENTITY_ATTEMPTS),
        day=str(processor.table.partition),
        entity=processor.entity,
        stage=stage.name,
    )


def attempts(processor: Processor, failed: Staged, identity: RunIdentity) -> tuple[Statement, ...]:
    """The statement that records an attempt for every entity that failed unexpectedly; the third trips its breaker."""
    statement = SQL(
        "breaker_attempts",
        attempts=str(ENTITY_ATTEMPTS),
        rest_days=str(ENTITY_REST.days),
        tried=_TRIED,
        failed=failed.name,
    )
    return (Statement(statement, {"processor": processor.name, "now": identity.now, "run_id": identity.run_id}),)


def open_breakers(session: Session, names: Sequence[str], now: datetime) -> dict[str, str]:
    """The processors whose breaker is open now, each with when it closes and the last error."""
    rows = session.rows(SQL("breaker_open"), {"names": list(names), "now": now})
    return {str(name): f"until {until} UTC; last error: {error}" for name, until, error in rows}


def settle(session: Session, processors: Sequence[Processor]) -> None:
    """Close the breakers of processors that published in daily mode after their last failure.

    A run that was killed between its last publication and its end has not counted its success.
    """
    rows = session.rows(SQL("breaker_settled"), {"names": [processor.name for processor in processors]})
    closed = [_closed(str(name), at) for name, at in rows if isinstance(at, datetime)]
    if closed:
        session.transaction(closed)


def _closed(name: str, at: datetime) -> Statement:
    """The statement that a success at that time closes a breaker."""
    return Statement(SQL("breaker_closed"), {"name": name, "now": at})


def record_outcome(name: str, now: datetime, error: str | None) -> tuple[Statement, ...]:
    """The statements that count a processor's run: a failure more, open at the fifth in a row; a success closes."""
    rest = str(int(PROCESSOR_REST.total_seconds()))
    values: dict[str, Value] = {"name": name, "now": now}
    new = Statement(SQL("breaker_new", failures=str(PROCESSOR_FAILURES), rest_seconds=rest), values)
    if error is None:
        return new, _closed(name, now)
    return new, Statement(SQL("breaker_failed"), {**values, "error": error})
