"""What a chunk sends beside its SELECT (audit, failures, ledger, DELETE and INSERT) is BigQuery's SQL, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import ModuleType

import pytest

from backcourt.backfill.publish import Stamp, publish_chunk
from backcourt.calendar import DateRange
from backcourt.catalog import TABLES
from backcourt.processors.registry import registry
from backcourt.warehouse.base import Staged, Statement

KINDS = {str: "STRING", int: "INT64", bool: "BOOL", date: "DATE", datetime: "TIMESTAMP"}
LEDGER = {
    "table_name": "STRING",
    "game_date": "DATE",
    "status": "STRING",
    "reason": "STRING",
    "output_fingerprint": "STRING",
    "row_count": "INT64",
    "failure_count": "INT64",
    "code_version": "STRING",
    "attempt": "INT64",
}
FAILURES = {
    "analysis_date": "DATE",
    "entity_id": "STRING",
    "failure_category": "STRING",
    "failure_reason": "STRING",
    "expected_game_count": "INT64",
    "actual_game_count": "INT64",
    "can_retry": "BOOL",
    "is_correctable": "BOOL",
}


class _Recorder:
    """A session that runs nothing and keeps every statement with its parameters."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.statements: list[Statement] = []
        self.staged: dict[str, str] = {}

    def stage_query(self, name: str, sql: str, parameters: Mapping[str, object] | None = None) -> Staged:
        self.statements.append(Statement(sql, parameters or {}))
        self.staged[name] = sql
        return Staged(f"nba_staging.{name}", 1)

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
        self.statements.append(Statement(sql, parameters or {}))
        if "distinct_keys" in sql:
            return [(1, 1, *([0] * sql.count("COUNTIF(")))]
        return [("NO_SHOT_ZONE", 1)]

    def transaction(self, statements: Sequence[Statement]) -> list[int]:
        self.statements += statements
        return [0] * len(statements)

    def discard(self, *staged: Staged) -> None:
        pass


@pytest.mark.slow
@pytest.mark.parametrize("processor", registry(), ids=lambda processor: processor.name)
def test_every_statement_of_a_chunk_is_accepted(processor: object, google: ModuleType) -> None:
    """Google's analyzer accepts each one against the catalog and the staged tables, with its parameters' types."""
    session = _Recorder()
    span = DateRange(date(2021, 11, 2), date(2021, 11, 30))
    publish_chunk(session, processor, span, Stamp("run", datetime(2026, 1, 1, tzinfo=UTC)))  # type: ignore[arg-type]
    table = processor.table  # type: ignore[attr-defined]
    computed = {column.name: column.type for column in table.columns if column.name != "processed_at"}
    extra = {name: kind for name, kind in FAILURES.items() if name.startswith(("failure", "expected", "actual"))}
    staged = {
        name: LEDGER if name.endswith("_ledger") else FAILURES if name.endswith("_failures") else {**computed, **extra}
        for name in session.staged
    }
    catalog = google.catalog_from(TABLES, staged=staged)
    assert len(session.statements) == 11
    for statement in session.statements:
        kinds = {name: KINDS[type(value)] for name, value in statement.parameters.items()}
        found = dict(google.analyze(statement.sql, kinds, catalog))
        for name, sql in session.staged.items():
            if statement.sql == sql:
                assert found == staged[name]


@pytest.mark.slow
def test_a_wrong_change_is_refused(google: ModuleType) -> None:
    """The analyzer looks into DELETE and INSERT, too: an unknown column does not pass."""
    catalog = google.catalog_from(TABLES)
    for sql in (
        "DELETE FROM nba_raw.nbac_schedule WHERE no_such_column = 1",
        "INSERT INTO nba_raw.nbac_schedule (no_such_column) SELECT 1",
    ):
        with pytest.raises(google.RefusedError, match="no_such_column"):
            google.analyze(sql, {}, catalog)
