"""Stages a SELECT on one date without publishing it, in the shape in which the reference gives its rows."""

from __future__ import annotations

from reference.compare import by_key
from reference.model import Expected

from backcourt.calendar import BOOTSTRAP_DAYS
from backcourt.processors.base import FAILURE_COLUMNS, Processor
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Session
from backcourt.warehouse.publish import staged_select

PROCESSORS: dict[str, Processor] = {processor.name: processor for processor in registry()}


def staged(session: Session, name: str, sql: str, day: object) -> Expected:
    """What a processor's SELECT, damaged or not, would publish on one date: rows by key, failures by entity."""
    processor = PROCESSORS[name]
    parameters = {"start_date": day, "end_date": day, "bootstrap_days": BOOTSTRAP_DAYS}
    stage = session.stage_query("reference", staged_select(processor.table, sql, FAILURE_COLUMNS), parameters)
    rows = session.query(
        f"SELECT * FROM {stage} WHERE failure_category IS NULL OR failure_category = 'NO_SHOT_ZONE'"
    ).to_pylist()
    failures = session.rows(
        f"SELECT {processor.entity} AS entity_id, failure_category FROM {stage} WHERE failure_category IS NOT NULL"
    )
    return by_key(name, rows), {str(entity): str(category) for entity, category in failures}
