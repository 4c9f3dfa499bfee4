"""The run history: one row per run and table, written when the run starts and again when it ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backcourt.backfill import SQL
from backcourt.backfill.locks import live_runs
from backcourt.backfill.request import Request
from backcourt.backfill.results import TableResult
from backcourt.warehouse.base import Session, Statement, Value
from backcourt.warehouse.price import Spent


def begin(request: Request) -> Statement:
    """The statement that says that a run has started."""
    processors = request.processors
    return Statement(
        SQL("history_begin"),
        {
            "run_id": request.identity.run_id,
            "start_date": request.span.start,
            "end_date": request.span.end,
            "now": request.identity.now,
            "mode": request.policy.name,
            "trigger": request.trigger,
            "names": [processor.name for processor in processors],
            "phases": [processor.table.phase for processor in processors],
            "versions": [processor.code_version for processor in processors],
            "outputs": [processor.table.full_name for processor in processors],
        },
    )


def end(run_id: str, result: TableResult, stale: Sequence[str], now: datetime, spent: Spent | None) -> Statement:
    """The statement that says how a table of a run ended.

    Args:
        run_id: The run.
        result: What it did to the table.
        stale: Upstreams past their limit.
        now: When it ended (UTC).
        spent: What its jobs were billed; None where nothing is.
    """
    rows, failed = result.published, sum(result.failures.values())
    values: dict[str, Value] = {
        "run_id": run_id,
        "name": result.table,
        "now": now,
        "status": result.status,
        "seconds": round(result.seconds, 3),
        "processed": rows.rows + failed,
        "created": rows.inserted,
        "skipped": rows.unchanged,
        "failed": failed,
        "stale": json.dumps(list(stale)),
        "error": result.error,
        "summary": json.dumps({"dates": result.dates, "removed": rows.removed, **result.failures}, sort_keys=True),
        "bytes": spent.bytes if spent else None,
        "job_ids": json.dumps(spent.jobs) if spent else None,
    }
    return Statement(SQL("history_end"), values)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the history tells it.

    Attributes:
        run_id: The run.
        status: The worst status of its tables; a run that was killed and has not been cleared up counts as
            interrupted.
        mode: daily or backfill.
        trigger: Who started it.
        start: First date of the range.
        end: Last date.
        tables: Number of tables.
        created: Rows written.
        failed: Failure records.
        seconds: Time taken, summed over its tables; those of one wave run side by side.
        started_at: When it started (UTC).
        error: The first error, "" if there was none.
    """

    run_id: str
    status: str
    mode: str
    trigger: str
    start: object
    end: object
    tables: int
    created: int
    failed: int
    seconds: float
    started_at: object
    error: str


def runs(session: Session, *, now: datetime, limit: int = 20, run_id: str = "") -> tuple[Run, ...]:
    """The newest runs first.

    Args:
        session: An open session.
        now: The time (UTC), by which a lease has expired or not.
        limit: Runs at most.
        run_id: Only this run; "" for all.
    """
    alive = live_runs(session, now)
    rows = session.query(SQL("history_runs", most=str(int(limit))), {"run_id": run_id}).to_pylist()
    return tuple(Run(**{**row, "status": _status(row["status"], alive=row["run_id"] in alive)}) for row in rows)


def _status(stored: str, *, alive: bool) -> str:
    """A running run without a live lock was killed."""
    return "interrupted" if stored == "running" and not alive else stored


@dataclass(frozen=True, slots=True)
class TableRun:
    """A table in a run: how it ended, rows written and left alone, failure records, the error and what was billed.

    ``bytes_billed`` and ``job_ids`` (JSON) are None where nothing is billed.
    """

    table: str
    status: str
    created: int
    skipped: int
    failed: int
    error: str
    bytes_billed: int | None
    job_ids: str | None


@dataclass(frozen=True, slots=True)
class RestatedRows:
    """How many stored rows of a table a run changed or removed, and why."""

    table: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Detail:
    """One run table by table.

    Attributes:
        tables: How each table ended.
        restated: Stored rows that it changed or removed.
        events: Warnings, failures and completions, in one line each.
    """

    tables: tuple[TableRun, ...]
    restated: tuple[RestatedRows, ...]
    events: tuple[str, ...]


def run_detail(session: Session, run_id: str, *, now: datetime) -> Detail:
    """What one run did, table by table; the time as for ``runs``."""
    alive = run_id in live_runs(session, now)
    values = {"run_id": run_id}
    tables = session.query(SQL("history_tables"), values).to_pylist()
    restated = session.query(SQL("history_restated"), values).to_pylist()
    events = session.rows(
        "SELECT event_type, message FROM nba_processing.events WHERE run_id = @run_id ORDER BY event_type, message",
        values,
    )
    return Detail(
        tuple(TableRun(**{**row, "status": _status(row["status"], alive=alive)}) for row in tables),
        tuple(RestatedRows(**row) for row in restated),
        tuple(f"{kind}: {message}" for kind, message in events),
    )
