"""Builds a warehouse from season folders: load, then all ten processors over a span of dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from backcourt.backfill.request import Request, RunIdentity
from backcourt.backfill.run import run
from backcourt.calendar import DateRange
from backcourt.processors.registry import registry
from backcourt.sources.season.load import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The clock of every test warehouse."""


def build_warehouse(path: Path, folders: list[Path], span: tuple[date, date]) -> None:
    """Load season folders into a new warehouse and compute all ten tables over the span."""
    warehouse = DuckDBWarehouse(path)
    for folder in folders:
        summary = load_season(warehouse, folder, now=NOW, run_id="load")
        assert not [load.error for load in summary.tables if load.error], f"{folder} did not load: {summary}"
    run(warehouse, Request(DateRange(*span), registry(), RunIdentity("run", NOW)))
