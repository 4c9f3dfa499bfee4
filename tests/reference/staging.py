"""Stages a SELECT on one date without publishing it, in the shape in which the reference gives its rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from backcourt.backfill.records import failure_rows
from backcourt.calendar import DateRange
from backcourt.processors.base import FAILURE_COLUMNS, Processor
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session
from backcourt.warehouse.publish import staged_select
from backcourt.warehouse.seasons import game_dates, processor_values
from reference.compare import RECORD, by_key, failure
from reference.model import Expected

PROCESSORS: dict[str, Processor] = {processor.name: processor for processor in registry()}


def staged(session: Session, name: str, sql: str, day: date) -> Expected:
    """What a processor's SELECT, damaged or not, would publish on one date: rows by key, failures by entity.

    It computes the dates around, too: a value that leaks from the day itself shows only where later days are read.
    """
    processor = PROCESSORS[name]
    parameters = processor_values(game_dates(session), DateRange(day - timedelta(days=1), day + timedelta(days=1)))
    stage = session.stage_query("reference", staged_select(processor.table, sql, FAILURE_COLUMNS), parameters)
    rows = session.query(
        f"SELECT * FROM {stage} WHERE {processor.table.partition} = @day "
        "AND (failure_category IS NULL OR failure_category = 'NO_SHOT_ZONE')",
        {"day": day},
    ).to_pylist()
    failures = session.query(
        f"SELECT {RECORD} FROM ({failure_rows(processor, stage, None, None)}) WHERE analysis_date = @day", {"day": day}
    ).to_pylist()
    # A sum of integers is wider than INT64 until it is published.
    rows = [{key: int(value) if isinstance(value, Decimal) else value for key, value in row.items()} for row in rows]
    return by_key(name, rows), {row["entity_id"]: failure(row) for row in failures}
