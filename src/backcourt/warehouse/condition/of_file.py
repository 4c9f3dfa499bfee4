"""A file's condition: there, readable, writable, of this layout, with room to grow, and held by nobody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from backcourt.answers.model import Check, Level
from backcourt.catalog import TABLES
from backcourt.errors import BackcourtError, WarehouseLockedError
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.condition.of_tables import schema_check
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.duckdb_layout import LAYOUT
from backcourt.warehouse.leases import stored_locks

_ROOM = 2
"""Times the size of the warehouse that should be free: a rewrite of every row needs as much again."""


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
    yield schema_check(differences, warehouse.name)
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
        held = [lock for lock in stored_locks(session) if lock.live]
    words = "; ".join(f"run {lock.run_id} of {lock.holder}" for lock in held)
    return Check(
        "nobody writes", "problem" if held else "ok", words or "no lock", "backcourt status shows it" if held else ""
    )
