"""The small season, and what a processor's SELECT gives on a changed copy of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from backcourt.backfill.quality_gate import stage_windows
from backcourt.backfill.records import failure_rows
from backcourt.calendar import DateRange
from backcourt.processors.registry import select
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.seasons import game_dates, processor_values, span_values
from small_season import computed, computed_season, eight_weeks, raw_season

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["computed", "computed_season", "eight_weeks", "raw_season"]


class Changed:
    """A copy of the small season that a test changes, and what the processors make of it."""

    def __init__(self, path: Path) -> None:
        """Remember the file."""
        self.path = path

    def change(self, sql: str, *values: object) -> None:
        """Change stored rows; at least one must change."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            assert connection.execute(sql, list(values)).fetchall() != [(0,)], "nothing was changed"

    def run(self, script: str) -> None:
        """Change stored rows by several statements; none needs to change any."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(script)

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(sql, list(values)).fetchall()

    def query(self, sql: str, **values: str) -> list[dict[str, Any]]:
        """Rows of a query in BigQuery's SQL."""
        with DuckDBWarehouse(self.path).read() as session:
            return session.query(sql, values).to_pylist()

    def staged(self, name: str, day: date, last: date | None = None) -> list[dict[str, Any]]:
        """What a processor's SELECT gives for some dates, as it would be stored, with its failure columns."""
        (processor,) = select(tables=(name,))
        with DuckDBWarehouse(self.path).write() as session:
            values = processor_values(game_dates(session), DateRange(day, last or day))
            return session.query(f"SELECT * FROM {session.stage_query('t', processor.staged_sql, values)}").to_pylist()

    def records(self, name: str, day: date) -> list[dict[str, Any]]:
        """The failure records that a processor would leave for a date."""
        (processor,) = select(tables=(name,))
        span = DateRange(day, day)
        with DuckDBWarehouse(self.path).write() as session:
            stage = session.stage_query("t", processor.staged_sql, processor_values(game_dates(session), span))
            windows = stage_windows(session, processor, stage, span_values(session, span))
            return session.query(failure_rows(processor, stage, None, windows)).to_pylist()


@pytest.fixture
def changed(computed: Path) -> Changed:
    """A copy of the small season, computed, to change."""
    return Changed(computed)
