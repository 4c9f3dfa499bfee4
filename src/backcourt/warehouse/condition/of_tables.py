"""Whether the tables of a warehouse are as in the catalog, and what to do if they are not: one answer for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backcourt.answers.model import Check
from backcourt.catalog import TABLES
from backcourt.catalog.model import MISSING, Table
from backcourt.errors import BackcourtError, WarehouseError
from backcourt.warehouse.base import Warehouse

_SHOWN = 5
"""Differences that are spelled out."""


def schema_check(differences: Sequence[str], warehouse: str) -> Check:
    """Whether the tables are as in the catalog.

    Args:
        differences: How they differ, in words (``Warehouse.differences``).
        warehouse: Its name.
    """
    name = "the tables are as in the catalog"
    if not differences:
        return Check(name, "ok", f"{len(TABLES)} tables")
    more = f" and {len(differences) - _SHOWN:,} more" if len(differences) > _SHOWN else ""
    missing = all(said.endswith(MISSING) for said in differences)
    step = (
        f"backcourt warehouse init --warehouse {warehouse}"
        if missing
        else "the tables are of another version: copy what you need into a new warehouse"
    )
    return Check(name, "critical", "; ".join(differences[:_SHOWN]) + more, step)


def require_catalog(
    warehouse: Warehouse, tables: Iterable[Table] = TABLES, error: type[BackcourtError] = WarehouseError
) -> None:
    """Go no further with tables that are not as in the catalog: a statement would fail, or mean something else.

    Args:
        warehouse: The warehouse, which is there.
        tables: Those that matter.
        error: What is raised.

    Raises:
        BackcourtError: That one, if they are not.
    """
    found = schema_check(warehouse.differences(tables), warehouse.name)
    if not found.passed:
        said = f"the tables of {warehouse.name} are not as in the catalog: {found.found}"
        raise error(said, next_step=found.next_step)
