"""A file's condition: there, readable, writable, of this layout, with room to grow, and held by nobody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

from backcourt.answers.model import Check, Level
from backcourt.catalog import TABLES
from backcourt.catalog.model import MISSING
from backcourt.errors import BackcourtError, WarehouseLockedError
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.duckdb_layout import LAYOUT

_ROOM = 2
"""Times the size of the warehouse that should be free: a rewrite of every row needs as much again."""
_SHOWN = 5
"""Differences that are spelled out."""
_HELD = """
SELECT DISTINCT run_id, holder FROM nba_processing.locks WHERE expires_at > CURRENT_TIMESTAMP() ORDER BY run_id"""


def check_file(warehouse: DuckDBWarehouse) -> Iterator[Check]:
    """Look at a file; nothing is changed."""
    there = "the file is there"
    try:
        warehouse.require()
    except BackcourtError as error:
        yield Check(there, "critical", error.message, _make(warehouse))
        return
    yield Check(there, "ok", warehouse.name)
    try:
        layout = warehouse.layout()
        differences = warehouse.differences(TABLES)
    except WarehouseLockedError as error:
        yield Check("the file can be read", "problem", error.message, error.next_step)
        return
    except BackcourtError as error:
        yield Check("the file can be read", "critical", error.message, error.next_step)
        return
    yield Check("the file can be read", "ok", "it can")
    problem = warehouse.unwritable()
    step = "make it writable, or name another file with --warehouse"
    yield Check(
        "the file can be written", "critical" if problem else "ok", problem or "it can", step if problem else ""
    )
    yield _layout(warehouse, layout)
    yield schema_check(differences, _make(warehouse))
    yield from room(warehouse)
    if not differences and layout == LAYOUT:
        yield _nobody_else(warehouse)


def _make(warehouse: Warehouse) -> str:
    return f"backcourt warehouse init --warehouse {warehouse.name}"


def _layout(warehouse: Warehouse, layout: int) -> Check:
    if layout == LAYOUT:
        return Check("the layout is of this version", "ok", f"layout {layout}")
    return Check(
        "the layout is of this version", "problem", f"layout {layout}, this version writes {LAYOUT}", _make(warehouse)
    )


def schema_check(differences: Sequence[str], step: str) -> Check:
    """Whether the tables are as in the catalog.

    Args:
        differences: How they differ, in words.
        step: The command that makes what is missing.
    """
    name = "the tables are as in the catalog"
    if not differences:
        return Check(name, "ok", f"{len(TABLES)} tables")
    more = f" and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
    missing = all(said.endswith(MISSING) for said in differences)
    other = "the tables are of another version: copy what you need into a new warehouse"
    return Check(name, "critical", "; ".join(differences[:_SHOWN]) + more, step if missing else other)


def room(warehouse: Warehouse) -> Iterator[Check]:
    """Whether a file's disk has room for it to be rewritten; nothing of a warehouse elsewhere."""
    size = warehouse.size()
    if size is None:
        return
    folder, used = size
    free = shutil.disk_usage(folder).free
    level: Level = "ok" if free >= _ROOM * used else "critical" if free < used else "problem"
    yield Check(
        "there is room on the disk",
        level,
        f"{free / 1e9:,.1f} GB free, the warehouse has {used / 1e9:,.2f} GB",
        "free some space, or move the warehouse" if level != "ok" else "",
    )


def _nobody_else(warehouse: Warehouse) -> Check:
    with warehouse.read() as session:
        held = session.rows(_HELD)
    words = "; ".join(f"run {run} of {holder}" for run, holder in held)
    return Check(
        "nobody writes", "problem" if held else "ok", words or "no lock", "backcourt status shows it" if held else ""
    )
