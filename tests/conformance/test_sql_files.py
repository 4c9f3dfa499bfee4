"""Every SQL file is BigQuery's SQL by Google's own analyzer, returns what the catalog says and keeps the house rules."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import backcourt
from backcourt.catalog import TABLES
from backcourt.processors.registry import registry
from backcourt.warehouse.dialect import is_read_only, lint, to_duckdb

ROOT = Path(backcourt.__file__).parent
FILES = sorted(path for room in ("processors", "sources") for path in (ROOT / room).rglob("*.sql"))
PARAMETERS = {"start_date": "DATE", "end_date": "DATE", "bootstrap_days": "INT64"}
FAILURE = [
    ("failure_category", "STRING"),
    ("failure_reason", "STRING"),
    ("expected_game_count", "INT64"),
    ("actual_game_count", "INT64"),
]
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
every_processor = pytest.mark.parametrize("processor", registry(), ids=lambda processor: processor.name)


@pytest.fixture(scope="module")
def catalog(google: ModuleType) -> object:
    """Google's catalog of every table of Backcourt."""
    return google.catalog_from(TABLES)


@every_file
def test_keeps_the_house_rules(path: Path) -> None:
    """No SQL file breaks a house rule, and DuckDB's translation takes it."""
    assert lint(path.read_text(encoding="utf-8")) == []


@every_processor
def test_reads_only(processor: object) -> None:
    """A processor's file is one SELECT that only uses the parameters every processor gets."""
    sql = processor.sql  # type: ignore[attr-defined]
    assert is_read_only(sql)
    assert to_duckdb(sql).parameters <= set(PARAMETERS)


@pytest.mark.slow
@every_file
def test_accepted_by_google(path: Path, google: ModuleType, catalog: object) -> None:
    """Google's analyzer resolves every name and type of the file against the catalog."""
    google.analyze(path.read_text(encoding="utf-8"), PARAMETERS, catalog)


@pytest.mark.slow
@every_processor
def test_returns_the_catalogs_columns(processor: object, google: ModuleType, catalog: object) -> None:
    """A processor returns its table's business columns and the failure columns, by name and type."""
    table, sql = processor.table, processor.sql  # type: ignore[attr-defined]
    expected = [(column.name, column.type) for column in table.business_columns] + FAILURE
    assert sorted(expected) == sorted(google.analyze(sql, PARAMETERS, catalog))


@pytest.mark.slow
@every_processor
def test_staged_select_is_accepted_too(processor: object, google: ModuleType, catalog: object) -> None:
    """The statement that stages a processor's rows, rounded and hashed, is BigQuery's SQL and returns a hash."""
    table, staged = processor.table, processor.staged_sql  # type: ignore[attr-defined]
    expected = {(column.name, column.type) for column in table.business_columns} | set(FAILURE)
    expected |= {("data_hash", "STRING")} if table.hashed else set()
    assert expected == set(google.analyze(staged, PARAMETERS, catalog))
    assert to_duckdb(staged).parameters <= set(PARAMETERS)
