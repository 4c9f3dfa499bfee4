"""Circuit breakers of entities and processors.

An entity that failed three times rests for seven days, a processor after five failed runs in a row for thirty minutes.
Daily mode consults and feeds them; backfill does neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from backcourt.backfill.request import RunIdentity
from backcourt.catalog.views import LEDGER
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES, DATE_LEVEL
from backcourt.warehouse.base import Session, Staged, Statement, Value

ENTITY_ATTEMPTS = 3
ENTITY_REST = timedelta(days=7)
PROCESSOR_FAILURES = 5
PROCESSOR_REST = timedelta(minutes=30)
_ATTEMPTS = "nba_processing.reprocess_attempts"
_STATE = "nba_processing.circuit_breaker_state"
_TRIED = ", ".join(
    f"'{category.name}'"
    for category in CATEGORIES
    if not category.expected and category.name != "CIRCUIT_BREAKER_ACTIVE"
)


def resting(processor: Processor, stage: Staged) -> str:
    """SELECT of the candidates that rest, as failure records; takes @processor and @now."""
    partition = processor.table.partition
    return f"""
        SELECT
          c.analysis_date,
          c.entity_id,
          'CIRCUIT_BREAKER_ACTIVE' AS failure_category,
          CONCAT('rests until ', FORMAT_TIMESTAMP('%F %H:%M', b.until), ' UTC after {ENTITY_ATTEMPTS} failures')
            AS failure_reason,
          CAST(NULL AS INT64) AS expected_game_count,
          CAST(NULL AS INT64) AS actual_game_count
        FROM (SELECT DISTINCT {partition} AS analysis_date, {processor.entity} AS entity_id FROM {stage}) AS c
        INNER JOIN (
          SELECT entity_id, MAX(circuit_breaker_until) AS until
          FROM {_ATTEMPTS}
          WHERE processor_name = @processor AND circuit_breaker_tripped
          GROUP BY entity_id
        ) AS b ON b.entity_id = c.entity_id
        WHERE b.until > @now"""


def attempts(processor: Processor, failed: Staged, identity: RunIdentity) -> tuple[Statement, ...]:
    """The statement that records an attempt for every entity that failed unexpectedly; the third trips its breaker."""
    if not failed.rows:
        return ()
    return (
        Statement(
            f"INSERT INTO {_ATTEMPTS} (processor_name, entity_id, analysis_date, attempt_number, attempted_at, "
            "completeness_percent, skip_reason, circuit_breaker_tripped, circuit_breaker_until, run_id) "
            "SELECT @processor, f.entity_id, f.analysis_date, COALESCE(a.n, 0) + 1, @now, "
            "ROUND(SAFE_DIVIDE(100 * f.actual_game_count, f.expected_game_count), 1), f.failure_reason, "
            f"COALESCE(e.n, 0) + 1 >= {ENTITY_ATTEMPTS}, "
            f"IF(COALESCE(e.n, 0) + 1 >= {ENTITY_ATTEMPTS}, TIMESTAMP_ADD(@now, INTERVAL {ENTITY_REST.days} DAY), "
            f"NULL), @run_id FROM {failed} AS f "
            "LEFT JOIN (SELECT entity_id, analysis_date, MAX(attempt_number) AS n "
            f"FROM {_ATTEMPTS} WHERE processor_name = @processor GROUP BY entity_id, analysis_date) AS a "
            "ON a.entity_id = f.entity_id AND a.analysis_date = f.analysis_date "
            f"LEFT JOIN (SELECT entity_id, COUNT(DISTINCT run_id) AS n FROM {_ATTEMPTS} "
            "WHERE processor_name = @processor GROUP BY entity_id) AS e ON e.entity_id = f.entity_id "
            f"WHERE f.entity_id <> '{DATE_LEVEL}' AND f.failure_category IN ({_TRIED}) "
            "ORDER BY f.analysis_date, f.entity_id",
            {"processor": processor.name, "now": identity.now, "run_id": identity.run_id},
        ),
    )


def open_breakers(session: Session, names: Sequence[str], now: datetime) -> dict[str, str]:
    """The processors whose breaker is open now, each with when it closes and the last error."""
    rows = session.rows(
        "SELECT processor_name, "
        "FORMAT_TIMESTAMP('%F %H:%M', TIMESTAMP_ADD(opened_at, INTERVAL timeout_seconds SECOND)) "
        f"AS until, last_error FROM {_STATE} WHERE state = 'OPEN' AND processor_name IN UNNEST(@names) "
        "AND TIMESTAMP_ADD(opened_at, INTERVAL timeout_seconds SECOND) > @now ORDER BY processor_name",
        {"names": list(names), "now": now},
    )
    return {str(name): f"until {until} UTC; last error: {error}" for name, until, error in rows}


def settle(session: Session, processors: Sequence[Processor]) -> None:
    """Close the breakers of processors that published in daily mode after their last failure.

    A run that was killed between its last publication and its end has not counted its success.
    """
    later = " OR ".join(
        f"(s.processor_name = '{processor.name}' AND l.table_name = '{processor.table.full_name}')"
        for processor in processors
    )
    rows = session.rows(
        f"SELECT s.processor_name, MAX(l.finished_at) AS published FROM {_STATE} AS s "
        f"INNER JOIN {LEDGER} AS l ON l.finished_at > s.last_failure AND ({later}) "
        "WHERE s.failure_count > 0 AND l.status = 'done' AND l.mode = 'daily' "
        "GROUP BY s.processor_name ORDER BY s.processor_name"
    )
    closed = [_closed(str(name), at) for name, at in rows if isinstance(at, datetime)]
    if closed:
        session.transaction(closed)


def _closed(name: str, at: datetime) -> Statement:
    """The statement that a success at that time closes a breaker."""
    return Statement(
        f"UPDATE {_STATE} SET state = 'CLOSED', failure_count = 0, last_success = @at, opened_at = NULL, "
        "updated_at = @at WHERE processor_name = @name",
        {"name": name, "at": at},
    )


def record_outcome(name: str, now: datetime, error: str | None) -> tuple[Statement, ...]:
    """The statements that count a processor's run: a failure more, open at the fifth in a row; a success closes."""
    values: dict[str, Value] = {"name": name, "now": now}
    new = Statement(
        f"INSERT INTO {_STATE} (processor_name, state, failure_count, threshold, timeout_seconds, updated_at) "
        f"SELECT s.n, 'CLOSED', 0, {PROCESSOR_FAILURES}, {int(PROCESSOR_REST.total_seconds())}, @now FROM "
        f"(SELECT @name AS n) AS s WHERE NOT EXISTS (SELECT 1 FROM {_STATE} AS t WHERE t.processor_name = s.n)",
        values,
    )
    if error is None:
        change = _closed(name, now)
    else:
        change = Statement(
            f"UPDATE {_STATE} SET failure_count = failure_count + 1, last_failure = @now, last_error = @error, "
            "state = IF(failure_count + 1 >= threshold, 'OPEN', state), "
            "opened_at = IF(failure_count + 1 >= threshold, @now, opened_at), updated_at = @now "
            "WHERE processor_name = @name",
            {**values, "error": error},
        )
    return new, change
