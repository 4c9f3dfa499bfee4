"""Every statement that the engine sends, from the plan to the closing event, is BigQuery's SQL, too.

The engine really runs, on an embedded file; what it sends on the way is given to Google's analyzer in the same order,
with the staged tables as the analyzer itself says they come out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

import backcourt
from backcourt.catalog import TABLES
from backcourt.catalog.parameters import parameter_type
from backcourt.processors.registry import registry
from backcourt.warehouse.bigquery_names import parameters_of
from backcourt.warehouse.bigquery_parameters import type_of_value
from sent import Sent

pytestmark = [pytest.mark.slow, pytest.mark.proves("statements", "analyzer")]
ROOT = Path(backcourt.__file__).parent
PART = re.compile(r"\{(?:all )?[a-z_]+\}")


def _analyzed(
    google: ModuleType, statement: Sent, staged: Mapping[str, Mapping[str, str]], refused: list[str]
) -> Mapping[str, str]:
    """The columns that a statement returns; one that Google's analyzer refuses is added to the refused ones."""
    kinds = {name: parameter_type(name) or "" for name in parameters_of(statement.sql)}
    catalog = google.catalog_for(statement.sql, TABLES, staged)
    try:
        return dict(google.analyze(statement.sql, kinds, catalog))
    except google.RefusedError as error:
        refused.append(str(error))
        return {}


def test_every_statement_of_the_engine_is_accepted(sent: list[Sent], google: ModuleType) -> None:
    """Google's analyzer accepts each one against the catalog and the staged tables, with its parameters' types."""
    staged: dict[str, Mapping[str, str]] = {}
    seen: dict[str, Mapping[str, str]] = {}
    refused: list[str] = []
    for statement in sent:
        if statement.given is not None:
            staged[statement.stages] = dict(statement.given)
            continue
        # The same statement over another chunk differs in the numbers of its staged tables only, and so do its columns.
        like = re.sub(r"_\d+", "", f"{statement.stages} {statement.sql}")
        if like not in seen:
            seen[like] = _analyzed(google, statement, staged, refused)
        if statement.stages:
            staged[statement.stages] = seen[like]
    assert not refused, f"{len(refused)} of {len(seen)} statements are refused, first: {refused[0]}\n\n{refused[-1]}"


def test_every_parameter_has_its_declared_type(sent: list[Sent]) -> None:
    """What is bound has the type that the name has everywhere; NULL and an empty list get it from there."""
    bound = {
        (name, value if value is None else type_of_value(name, value))
        for statement in sent
        for name, value in statement.parameters.items()
        if name in parameters_of(statement.sql) and value != []
    }
    assert {(name, kind) for name, kind in bound if kind not in {None, parameter_type(name)}} == set()


def test_the_engine_was_heard_out(sent: list[Sent]) -> None:
    """The statements reach every computed table and every table of operations that a run writes."""
    text = "\n".join(statement.sql for statement in sent)
    written = [processor.table.full_name for processor in registry()]
    written += [
        f"nba_processing.{name}"
        for name in (
            "backfill_ledger",
            "analytics_failures",
            "precompute_failures",
            "restatements",
            "locks",
            "events",
            "reprocess_attempts",
            "circuit_breaker_state",
        )
    ]
    for name in (*written, "nba_reference.processor_run_history"):
        assert f"INSERT INTO {name} (" in text


def test_every_file_is_among_them(sent: list[Sent]) -> None:
    """Whatever a file of a package says was sent, with its parts filled in: none of it escapes the analyzer."""
    text = "\n".join(statement.sql for statement in sent)
    files = sorted(path for path in ROOT.rglob("*.sql") if path.parent.name == "sql")
    unsent = [
        str(path.relative_to(ROOT))
        for path in files
        if any(piece.strip() not in text for piece in PART.split(path.read_text("utf-8")))
    ]
    assert not unsent


def test_a_wrong_change_is_refused(google: ModuleType) -> None:
    """The analyzer looks into DELETE and INSERT, too: an unknown column does not pass."""
    catalog = google.catalog_from(TABLES)
    for sql in (
        "DELETE FROM nba_raw.nbac_schedule WHERE no_such_column = 1",
        "INSERT INTO nba_raw.nbac_schedule (no_such_column) SELECT 1",
    ):
        with pytest.raises(google.RefusedError, match="no_such_column"):
            google.analyze(sql, {}, catalog)
