"""One chunk of one table: compute into staging, audit, then change target, failures and ledger together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backcourt.backfill.breaker import attempts, resting
from backcourt.backfill.completeness import games_by_date, incomplete, stage_windows
from backcourt.backfill.expected import expected_rows
from backcourt.backfill.gate import DATE_LEVEL, failed_dates, stop_if_refused, threshold_values
from backcourt.backfill.inputs import fingerprints
from backcourt.backfill.ledger import ledger_rows, replace_ledger
from backcourt.backfill.quality import CONTAMINATED, judged
from backcourt.backfill.records import GOOD, failure_rows, not_failed, replace_failures
from backcourt.backfill.stamp import Stamp
from backcourt.calendar import BOOTSTRAP_DAYS, DateRange
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Published, Session, Staged, Value
from backcourt.warehouse.publish import Restated, Scope, publish

__all__ = ["ChunkResult", "Stamp", "publish_chunk"]


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What one chunk did.

    Attributes:
        published: Rows inserted, removed and left alone.
        failures: Failure records by category.
        warnings: What was odd but did not stop it, in one line each.
        problems: Dates that failed as a whole, in one line each.
    """

    published: Published
    failures: Mapping[str, int]
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def publish_chunk(
    session: Session, processor: Processor, chunk: DateRange, stamp: Stamp, *, reason: str = "forced"
) -> ChunkResult:
    """Compute a processor over a range of dates and publish the result.

    Args:
        session: An open session that can write.
        processor: What is computed.
        chunk: The dates.
        stamp: Run, time, mode and validation.
        reason: Why, for the change log, unless the stamp has an operator's words.

    Raises:
        AuditError: If the computed rows break the table's contract; nothing has been written then.
        MissingUpstreamError: If a date has no upstream and the policy does not go on without it; nothing has been
            written then.
    """
    table = processor.table
    span: dict[str, Value] = {"start_date": chunk.start, "end_date": chunk.end}
    parameters = {**span, "bootstrap_days": BOOTSTRAP_DAYS}
    policy = stamp.policy
    # Other chunks and tables may be staged at the same time.
    name = f"{table.name}_{chunk.start:%Y%m%d}"
    inputs = session.stage_query(f"{name}_inputs", fingerprints((processor,)), span)
    stage = session.stage_query(name, processor.staged_sql, parameters)
    windows = stage_windows(session, processor, stage, span)
    held = [
        select
        for select in (
            incomplete(windows, policy.completeness_percent),
            resting(processor, stage) if policy.breaker else None,
        )
        if select
    ]
    withheld = " UNION ALL ".join(held) or None
    quality = session.stage_query(f"{name}_quality", judged(table, stage.name, GOOD), {}) if table.critical else None
    failed = session.stage_query(
        f"{name}_failures",
        f"{failure_rows(processor, stage, withheld)} UNION ALL {_dates(processor, stage, quality, stamp)}",
        {**parameters, **threshold_values(policy), "processor": processor.name, "now": stamp.now},
    )
    stop_if_refused(session, processor, failed, policy)
    good = f"{GOOD} AND {not_failed(processor, failed, withheld=bool(withheld))}"
    ledger = session.stage_query(
        f"{name}_ledger",
        ledger_rows(
            processor, stage=stage, good=good, failed=failed, inputs=inputs, games=games_by_date(windows)
        ),
        {**parameters, "table_name": table.full_name, "code_version": processor.code_version},
    )
    published = publish(
        session,
        table,
        stage,
        Scope(f"t.{table.partition} BETWEEN @start_date AND @end_date", span),
        good=good,
        stamps={"now": stamp.now},
        restated=Restated(stamp.run_id, stamp.now, stamp.reason or reason),
        also=(
            *replace_failures(processor, failed, chunk, stamp),
            *replace_ledger(ledger, stamp),
            *(attempts(processor, failed, stamp) if policy.record_attempts else ()),
        ),
    )
    result = ChunkResult(
        published,
        _count(session, failed),
        warnings=_warnings(session, processor, chunk, quality, ledger),
        problems=_problems(session, processor, failed),
    )
    session.discard(*(staged for staged in (stage, failed, ledger, inputs, windows, quality) if staged))
    return result


def _dates(processor: Processor, stage: Staged, quality: Staged | None, stamp: Stamp) -> str:
    """SELECT of the dates that fail as a whole, as failure records with their flags; the gravest reason wins."""
    partition = processor.table.partition
    columns = "analysis_date, entity_id, failure_category, failure_reason, expected_game_count, actual_game_count"
    empty = f"""
          SELECT
            e.game_date AS analysis_date, '{DATE_LEVEL}' AS entity_id, 'PROCESSING_ERROR' AS failure_category,
            CONCAT('0 rows of ', FORMAT('%d', e.expected), ' expected') AS failure_reason,
            CAST(NULL AS INT64) AS expected_game_count, CAST(NULL AS INT64) AS actual_game_count
          FROM ({expected_rows(processor)}) AS e
          LEFT JOIN (SELECT DISTINCT {partition} AS game_date FROM {stage}) AS r ON r.game_date = e.game_date
          WHERE r.game_date IS NULL AND e.expected > 0"""
    bad = (
        f"""
          UNION ALL
          SELECT
            game_date, '{DATE_LEVEL}', 'INCOMPLETE_DATA',
            CONCAT('critical field ', field, ': ', FORMAT('%d', valid), ' of ', FORMAT('%d', judged), ' rows valid'),
            CAST(NULL AS INT64), CAST(NULL AS INT64)
          FROM {quality}
          WHERE {CONTAMINATED}"""
        if quality is not None and stamp.validation != "force"
        else ""
    )
    return f"""
        SELECT {columns}, failure_category <> 'PROCESSING_ERROR', failure_category <> 'PROCESSING_ERROR'
        FROM (
          {failed_dates(processor, stage, GOOD)}
          UNION ALL {empty}{bad}
        )
        QUALIFY ROW_NUMBER() OVER (
          PARTITION BY analysis_date
          ORDER BY
            CASE failure_category WHEN 'MISSING_DEPENDENCY' THEN 0 WHEN 'INCOMPLETE_DATA' THEN 1 ELSE 2 END,
            failure_reason
        ) = 1"""


def _count(session: Session, failed: Staged) -> dict[str, int]:
    if not failed.rows:
        return {}
    counts = session.rows(f"SELECT failure_category, COUNT(*) AS n FROM {failed} GROUP BY failure_category")
    return {str(category): int(str(count)) for category, count in counts}


def _problems(session: Session, processor: Processor, failed: Staged) -> tuple[str, ...]:
    if not failed.rows:
        return ()
    rows = session.rows(
        f"SELECT failure_category, failure_reason, COUNT(*) AS dates, MIN(analysis_date) AS first_date FROM {failed} "
        f"WHERE entity_id = '{DATE_LEVEL}' GROUP BY failure_category, failure_reason ORDER BY first_date, failure_reason"
    )
    return tuple(_line(processor, f"{category}: {reason}", dates, first) for category, reason, dates, first in rows)


def _warnings(
    session: Session, processor: Processor, chunk: DateRange, quality: Staged | None, ledger: Staged
) -> tuple[str, ...]:
    """Critical fields that are not clean, and dates with under half of the rows that they should have."""
    found: list[str] = []
    if quality is not None:
        rows = session.rows(
            f"SELECT field, SUM(valid) AS valid, SUM(judged) AS judged, COUNT(*) AS dates, MIN(game_date) AS first_date "
            f"FROM {quality} WHERE 100 * valid < 99 * judged GROUP BY field ORDER BY field"
        )
        found += [
            _line(processor, f"critical field {field}: {valid} of {total} rows valid", dates, first)
            for field, valid, total, dates, first in rows
        ]
    thin: Sequence[tuple[object, ...]] = session.rows(
        f"SELECT MIN(l.row_count) AS fewest, COUNT(*) AS dates, MIN(l.game_date) AS first_date FROM {ledger} AS l "
        f"INNER JOIN ({expected_rows(processor)}) AS e ON e.game_date = l.game_date "
        "WHERE l.status = 'done' AND l.row_count > 0 AND 2 * (l.row_count + l.failure_count) < e.expected",
        {"start_date": chunk.start, "end_date": chunk.end},
    )
    for fewest, dates, first in thin:
        if dates:
            found.append(_line(processor, f"under half of the rows expected, {fewest} at least", dates, first))
    return tuple(found)


def _line(processor: Processor, what: str, dates: object, first: object) -> str:
    where = f"on {first}" if dates == 1 else f"on {dates} dates from {first}"
    return f"{processor.name}: {what} {where}"
