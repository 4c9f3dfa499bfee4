"""Every SQL file is BigQuery's by Google's own analyzer, returns what the catalog says and keeps the house rules.

The statements in folders ``sql`` need parts that only their modules know; ``test_published_statements`` hears them.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import backcourt
from backcourt.catalog import TABLES, table
from backcourt.catalog.views import DEFAULTS, view
from backcourt.integrity.diagnostics import diagnostics
from backcourt.processors.registry import registry
from backcourt.sources.declared import sources
from backcourt.sources.feed import Feed
from backcourt.sources.season.files import FILES as SEASON_FILES
from backcourt.sources.staging import statement
from backcourt.warehouse.dialect import is_read_only, lint, to_duckdb
from backcourt.warehouse.seasons import SEASONS

ROOT = Path(backcourt.__file__).parent
PARTS = ROOT / "sources" / "parts"
FILES = sorted(path for path in ROOT.rglob("*.sql") if path.parent.name not in {"parts", "sql"})
VIEW = re.compile(r"""\{(?:all )?([a-z_]+)\}|view\(["']([a-z_]+)""")
TYPE = re.compile(r"'(Regular Season|Play-In|Playoffs|Cup Final)'")
STATEMENTS = sorted(path for path in ROOT.rglob("*.sql") if path.parent.name == "sql")
PART = re.compile(r"\{(?:all )?([a-z_]+)\}")
NAMED = re.compile(r"\{([a-z_]+)\}")
PARAMETERS = {"start_date": "DATE", "end_date": "DATE", "opening_day": "DATE", "bootstrap_days": "INT64"}
FAILURE = [
    ("failure_category", "STRING"),
    ("failure_reason", "STRING"),
    ("expected_game_count", "INT64"),
    ("actual_game_count", "INT64"),
    ("data_missing", "BOOL"),
]
KINDS = {"text": "STRING", "whole": "INT64", "number": "FLOAT64", "flag": "BOOL", "date": "DATE", "time": "TIMESTAMP"}
DAYS = ("first_day", "last_day", "first_game_day", "last_game_day", "earliest_day", "latest_day")
SOURCE_PARAMETERS = {"season": "STRING", "season_year": "INT64", "team_codes": "STRING"} | dict.fromkeys(DAYS, "DATE")
STAGED = {
    "teams": {"tricode": "STRING", "team_id": "INT64", "bref_code": "STRING"},
    "player_names": {"player_name": "STRING", "player_lookup": "STRING"},
}


def _feeds() -> tuple[Feed, ...]:
    """Every shape of rows that a SQL file judges: the files of a season and the feeds of all providers."""
    found = {file.stem: file for file in SEASON_FILES}
    found |= {source.feed.stem: source.feed for source in sources().values()}
    return tuple(found.values())


FEEDS = _feeds()
every_source = pytest.mark.parametrize("source", FEEDS, ids=lambda source: source.stem)
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
every_statement = pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: str(path.relative_to(ROOT)))
every_diagnostic = pytest.mark.parametrize("asked", diagnostics(), ids=lambda asked: asked.name)
every_processor = pytest.mark.parametrize("processor", registry(), ids=lambda processor: processor.name)


def text_of(path: Path) -> str:
    """The statement of a file, with its parts filled in."""
    if path.parent.name == "feeds":
        return statement(path.stem)
    if path.parent.name == "views":
        return view(path.stem)
    computed = {processor.name: processor.sql for processor in registry()}
    asked = {found.name: found.sql for found in diagnostics()}
    return (computed | asked).get(path.stem) or path.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["INT64", "STRING"], ids=["whole-minutes", "text-minutes"])
def staged(request: pytest.FixtureRequest) -> dict[str, dict[str, str]]:
    """The columns of the staged files, whose minutes are whole numbers or text."""
    kinds = {**KINDS, "minutes": request.param}
    return STAGED | {source.stem: {name: kinds[kind] for name, kind in source.columns.items()} for source in FEEDS}


@every_file
def test_keeps_the_house_rules(path: Path) -> None:
    """No SQL file breaks a house rule, and DuckDB's translation takes it."""
    assert lint(text_of(path)) == []


@every_statement
def test_a_statement_keeps_them_too(path: Path) -> None:
    """Nor does a statement without its parts, which only its module knows."""
    text = PART.sub(r"\1", path.read_text("utf-8"))
    assert [found for found in lint(text) if re.match(r"line \d+: ", found)] == []


def test_every_file_belongs_to_a_processor_a_source_or_a_diagnostic() -> None:
    """No SQL file lies about that nothing uses, so the tests below see them all."""
    used = {processor.name for processor in registry()} | {source.stem for source in FEEDS}
    used |= {asked.name for asked in diagnostics()}
    used |= {path.stem for path in FILES if path.parent.name == "views"}
    assert {path.stem for path in FILES} == used


def test_every_part_is_used_by_several() -> None:
    """No part of SQL lies about that nothing names; but for the classifier of zones, each saves a repetition."""
    of_sources = [path for path in FILES if path.is_relative_to(ROOT / "sources")]
    used = Counter(
        name for path in (*of_sources, *PARTS.glob("*.sql")) for name in set(NAMED.findall(path.read_text("utf-8")))
    )
    used = {name: files for name, files in used.items() if name not in {"is_altered", *DEFAULTS}}  # The catalog's.
    assert {path.stem for path in PARTS.glob("*.sql")} == set(used)
    assert [name for name, files in used.items() if files == 1] == ["zone"]


def test_every_view_is_used() -> None:
    """No view lies about that neither a statement nor a module names."""
    views = {path.stem for path in FILES if path.parent.name == "views"}
    named = {name for processor in registry() for name in (processor.candidates, processor.foreseen)}
    for path in (*ROOT.rglob("*.sql"), *ROOT.rglob("*.py")):
        named |= {one or other for one, other in VIEW.findall(path.read_text("utf-8"))}
    assert views <= named


def test_which_games_count_is_said_once() -> None:
    """Season types stand in the views and the calendar: no processor, engine, validator or runbook lists them again."""
    rooms = ("processors", "backfill", "integrity", "runbooks")
    found = {
        path.stem
        for room in rooms
        for path in (ROOT / room).rglob("*.*")
        if path.suffix in {".sql", ".py"} and TYPE.search(path.read_text("utf-8"))
    }
    # A season's teams, leaders and records are those of its regular season; a feature knows the playoffs.
    assert found == {"team_defense_zone_analysis", "ml_feature_store_v2", "season_leaders", "season_records"}


@every_processor
def test_reads_only(processor: object) -> None:
    """A processor's file is one SELECT that only uses the parameters every processor gets."""
    sql = processor.sql  # type: ignore[attr-defined]
    assert is_read_only(sql)
    assert to_duckdb(sql).parameters <= set(PARAMETERS)


@pytest.mark.slow
@every_source
def test_source_returns_the_catalogs_columns(
    source: object, google: ModuleType, staged: dict[str, dict[str, str]]
) -> None:
    """A source's statement returns its raw table's business columns, the broken rules and the warning."""
    name, stem = source.table, source.stem  # type: ignore[attr-defined]
    expected = [(column.name, column.type) for column in table(name).business_columns]
    expected += [("broken_rules", "STRING"), ("warning", "STRING")]
    expected += [("landed_from", "STRING")] if "landed_from" in source.columns else []  # type: ignore[attr-defined]
    catalog = google.catalog_for(statement(stem), TABLES, staged)
    assert sorted(expected) == sorted(google.analyze(statement(stem), SOURCE_PARAMETERS, catalog))


@pytest.mark.slow
@every_processor
def test_returns_the_catalogs_columns(processor: object, google: ModuleType) -> None:
    """A processor returns its table's business columns and the failure columns, by name and type."""
    target, sql = processor.table, processor.sql  # type: ignore[attr-defined]
    expected = [(column.name, column.type) for column in target.business_columns] + FAILURE
    assert sorted(expected) == sorted(google.analyze(sql, PARAMETERS, google.catalog_for(sql, TABLES)))


@pytest.mark.slow
@every_processor
def test_staged_select_is_accepted_too(processor: object, google: ModuleType) -> None:
    """The statement that stages a processor's rows, rounded and hashed, is BigQuery's SQL and returns a hash."""
    target, sql = processor.table, processor.staged_sql  # type: ignore[attr-defined]
    expected = {(column.name, column.type) for column in target.business_columns} | set(FAILURE)
    expected |= {("data_hash", "STRING")} if target.hashed else set()
    assert expected == set(google.analyze(sql, PARAMETERS, google.catalog_for(sql, TABLES)))
    assert to_duckdb(sql).parameters <= set(PARAMETERS)


@pytest.mark.slow
@every_diagnostic
def test_a_diagnostic_is_bigquerys_too(asked: object, google: ModuleType) -> None:
    """A diagnostic query is BigQuery's SQL with parameters of the types in its header; every column has a name."""
    kinds = {parameter.name: parameter.sql_type for parameter in asked.parameters}  # type: ignore[attr-defined]
    catalog = google.catalog_for(asked.sql, TABLES)  # type: ignore[attr-defined]
    columns = [name for name, _ in google.analyze(asked.sql, kinds, catalog)]  # type: ignore[attr-defined]
    assert len(set(columns)) == len(columns)
    assert not [name for name in columns if not name or name.startswith("$")]


@pytest.mark.slow
def test_the_seasons_of_the_schedule_are_bigquerys_too(google: ModuleType) -> None:
    """The one question that decides the season of every date is accepted, and keeps the house rules."""
    assert lint(SEASONS) == []
    types = {"types": "ARRAY<STRING>", "first_month": "INT64", "last_month": "INT64"}
    found = google.analyze(SEASONS, types, google.catalog_for(SEASONS, TABLES))
    assert list(found) == [("season_year", "INT64"), ("first_date", "DATE"), ("last_date", "DATE")]
