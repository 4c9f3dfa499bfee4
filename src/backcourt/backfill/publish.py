"""One chunk of one table: compute into staging, audit, then change target, failures and ledger together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backcourt.backfill.gate import DATE_LEVEL, DATES, failed_dates, stop_if_refused, threshold_values
from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.mode import BACKFILL, Policy
from backcourt.processors.base import Processor
from backcourt.processors.failures import CATEGORIES
from backcourt.warehouse.base import Published, Session, Staged, Statement, Value
from backcourt.warehouse.publish import Scope, publish

_WRITTEN = ", ".join(f"'{category.name}'" for category in CATEGORIES if category.row_written)
_GOOD = f"COALESCE(failure_category IN ({_WRITTEN}), TRUE)"
_LEDGER = "nba_processing.backfill_ledger"
_FAILURE_VALUES = "failure_category, failure_reason, expected_game_count, actual_game_count"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What identifies a run in the rows that it writes.

    Attributes:
        run_id: Identifier of the run.
        now: The time written to processed_at, created_at and the ledger (UTC).
        policy: What the mode of the run decides.
    """

    run_id: str
    now: datetime
    policy: Policy = BACKFILL


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What one chunk did.

    Attributes:
        published: Rows inserted, removed and left alone.
        failures: Failure records by category.
    """

    published: Published
    failures: Mapping[str, int]


def publish_chunk(session: Session, processor: Processor, chunk: DateRange, stamp: Stamp) -> ChunkResult:
    """Compute a processor over a range of dates and publish the result.

    Raises:
        AuditError: If the computed rows break the table's contract; nothing has been written then.
        MissingUpstreamError: If a date has no upstream and the policy does not go on without it; nothing has been
            written then.
    """
    table = processor.table
    span: dict[str, Value] = {"start_date": chunk.start, "end_date": chunk.end}
    parameters = {**span, "bootstrap_days": BOOTSTRAP_DAYS}
    # Other chunks and tables may be staged at the same time.
    name = f"{table.name}_{chunk.start:%Y%m%d}"
    stage = session.stage_query(name, processor.staged_sql, parameters)
    failed = session.stage_query(
        f"{name}_failures", _failures_select(processor, stage), {**parameters, **threshold_values(stamp.policy)}
    )
    stop_if_refused(session, processor, failed, stamp.policy)
    good = f"{_GOOD} AND {_not_failed(processor, failed)}"
    ledger = session.stage_query(
        f"{name}_ledger", _ledger_select(processor, stage, failed), {**parameters, **_named(processor)}
    )
    published = publish(
        session,
        table,
        stage,
        Scope(f"t.{table.partition} BETWEEN @start_date AND @end_date", span),
        good=good,
        stamps={"now": stamp.now},
        also=(*_replace_failures(processor, failed, chunk, stamp), *_replace_ledger(ledger, stamp)),
    )
    result = ChunkResult(published, _count(session, failed))
    session.discard(stage, failed, ledger)
    return result


def _not_failed(processor: Processor, failed: Staged) -> str:
    """Condition on a staged row: its date has not failed as a whole."""
    if not failed.rows:
        return "TRUE"
    return (
        f"{processor.table.partition} NOT IN "
        f"(SELECT f.analysis_date FROM {failed} AS f WHERE f.entity_id = '{DATE_LEVEL}')"
    )


def _count(session: Session, failed: Staged) -> dict[str, int]:
    if not failed.rows:
        return {}
    counts = session.rows(f"SELECT failure_category, COUNT(*) AS n FROM {failed} GROUP BY failure_category")
    return {str(category): int(str(count)) for category, count in counts}


def _named(processor: Processor) -> dict[str, str]:
    return {"table_name": processor.table.full_name, "code_version": processor.code_version}


def _failures_select(processor: Processor, stage: Staged) -> str:
    """One record per entity and date; a player listed for two games of a date has one."""
    flags = " ".join(f"WHEN '{c.name}' THEN {str(c.retryable).upper()}" for c in CATEGORIES)
    correctable = " ".join(f"WHEN '{c.name}' THEN {str(c.correctable).upper()}" for c in CATEGORIES)
    partition = processor.table.partition
    return f"""
        SELECT
          analysis_date, entity_id, {_FAILURE_VALUES},
          CASE failure_category {flags} END AS can_retry,
          CASE failure_category {correctable} END AS is_correctable
        FROM (
          SELECT {partition} AS analysis_date, {processor.entity} AS entity_id, {_FAILURE_VALUES}
          FROM {stage}
          WHERE failure_category IS NOT NULL
          UNION ALL
          {failed_dates(processor, stage, _GOOD)}
        )
        QUALIFY ROW_NUMBER() OVER (
          PARTITION BY analysis_date, entity_id ORDER BY failure_category, failure_reason
        ) = 1"""


def _replace_failures(processor: Processor, failed: Staged, chunk: DateRange, stamp: Stamp) -> tuple[Statement, ...]:
    """Failures of the range are replaced, never appended; a record that says the same stays as it is."""
    target = f"nba_processing.{processor.table.phase}_failures"
    scope = "t.processor_name = @processor AND t.analysis_date BETWEEN @start_date AND @end_date"
    key = "f.analysis_date = t.analysis_date AND f.entity_id = t.entity_id"
    same = f"{key} AND f.failure_category = t.failure_category AND f.failure_reason = t.failure_reason"
    values: dict[str, Value] = {"processor": processor.name, "start_date": chunk.start, "end_date": chunk.end}
    if not failed.rows:
        return (Statement(f"DELETE FROM {target} AS t WHERE {scope}", values),)
    return (
        Statement(
            f"DELETE FROM {target} AS t WHERE {scope} AND NOT EXISTS (SELECT 1 FROM {failed} AS f WHERE {same})", values
        ),
        Statement(
            f"INSERT INTO {target} (processor_name, analysis_date, entity_id, entity_type, {_FAILURE_VALUES}, "
            f"can_retry, is_correctable, run_id, created_at) SELECT @processor, f.analysis_date, f.entity_id, "
            f"IF(f.entity_id = '{DATE_LEVEL}', 'date', '{processor.entity_type}'), "
            f"f.failure_category, f.failure_reason, f.expected_game_count, f.actual_game_count, "
            f"f.can_retry, f.is_correctable, @run_id, @now FROM {failed} AS f WHERE NOT EXISTS "
            f"(SELECT 1 FROM {target} AS t WHERE {scope} AND {key}) ORDER BY f.analysis_date, f.entity_id",
            {**values, "run_id": stamp.run_id, "now": stamp.now},
        ),
    )


def _ledger_select(processor: Processor, stage: Staged, failed: Staged) -> str:
    """The ledger's rows of the range that would say something new: one per scheduled date."""
    partition = processor.table.partition
    bootstrap = "d.day_number < @bootstrap_days" if processor.table.phase == "precompute" else "FALSE"
    return f"""
        WITH dates AS ({DATES}
        ),
        outputs AS (
          SELECT
            {partition} AS game_date,
            COUNT(*) AS row_count,
            TO_HEX(SHA256(STRING_AGG(data_hash, '' ORDER BY data_hash))) AS fingerprint
          FROM {stage}
          WHERE {_GOOD} AND {_not_failed(processor, failed)}
          GROUP BY {partition}
        ),
        failures AS (
          SELECT
            analysis_date AS game_date,
            COUNT(*) AS failure_count,
            MAX(IF(entity_id = '{DATE_LEVEL}', failure_category, NULL)) AS date_failure
          FROM {failed}
          GROUP BY analysis_date
        ),
        now AS (
          SELECT
            d.game_date,
            CASE WHEN {bootstrap} THEN 'skipped' WHEN f.date_failure IS NULL THEN 'done' ELSE 'failed' END AS status,
            IF({bootstrap}, 'bootstrap', f.date_failure) AS reason,
            SUBSTR(r.fingerprint, 1, 16) AS output_fingerprint,
            COALESCE(r.row_count, 0) AS row_count,
            COALESCE(f.failure_count, 0) AS failure_count
          FROM dates AS d
          LEFT JOIN outputs AS r ON r.game_date = d.game_date
          LEFT JOIN failures AS f ON f.game_date = d.game_date
        )
        SELECT @table_name AS table_name, n.*, @code_version AS code_version, COALESCE(l.attempt, 0) + 1 AS attempt
        FROM now AS n
        LEFT JOIN {_LEDGER} AS l ON l.table_name = @table_name AND l.game_date = n.game_date
        WHERE l.game_date IS NULL
          OR l.code_version <> @code_version
          OR l.status <> n.status
          OR COALESCE(l.reason, '') <> COALESCE(n.reason, '')
          OR COALESCE(l.output_fingerprint, '') <> COALESCE(n.output_fingerprint, '')
          OR l.failure_count <> n.failure_count"""


def _replace_ledger(ledger: Staged, stamp: Stamp) -> tuple[Statement, ...]:
    columns = (
        "table_name, game_date, status, reason, output_fingerprint, row_count, failure_count, code_version, attempt"
    )
    values = ", ".join(f"n.{column.strip()}" for column in columns.split(","))
    return (
        Statement(
            f"DELETE FROM {_LEDGER} AS t WHERE EXISTS (SELECT 1 FROM {ledger} AS n WHERE "
            "n.table_name = t.table_name AND n.game_date = t.game_date)"
        ),
        Statement(
            f"INSERT INTO {_LEDGER} ({columns}, mode, run_id, started_at, finished_at) SELECT {values}, @mode, "
            f"@run_id, @now, @now FROM {ledger} AS n ORDER BY n.table_name, n.game_date",
            {"mode": stamp.policy.name, "run_id": stamp.run_id, "now": stamp.now},
        ),
    )
