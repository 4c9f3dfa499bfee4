"""In what condition a warehouse is: made where it is missing, checked line by line, and probed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcourt.answers.model import Check
from backcourt.catalog import TABLES
from backcourt.catalog.model import MISSING
from backcourt.errors import WarehouseError
from backcourt.settings import Settings
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse
from backcourt.warehouse.open import open_warehouse

if TYPE_CHECKING:
    from backcourt.warehouse.condition.probe import ProbeReport


@dataclass(frozen=True, slots=True)
class Made:
    """What a warehouse lacked.

    Attributes:
        tables: Full names of tables.
        columns: Columns of tables that were there, dataset.table.column.
    """

    tables: tuple[str, ...]
    columns: tuple[str, ...]


def make(warehouse: Warehouse, *, dry_run: bool) -> Made:
    """Make what a warehouse lacks: datasets, tables, columns.

    Args:
        warehouse: The warehouse; it need not exist.
        dry_run: True to say only what would be made.

    Raises:
        WarehouseError: If something there is not ours, is typed differently, or is from a newer version.
    """
    found = _differences(warehouse)
    other = [said for said in found if not said.endswith(MISSING)]
    if other:
        raise WarehouseError(
            f"{warehouse.name}: {other[0]}",
            next_step="the table is of another version: copy what you need into a new warehouse",
        )
    if not dry_run:
        warehouse.ensure(TABLES)
    names = [said.removesuffix(MISSING) for said in found]
    return Made(tuple(n for n in names if n.count(".") == 1), tuple(n for n in names if n.count(".") > 1))


def _differences(warehouse: Warehouse) -> list[str]:
    """In which a warehouse differs from the catalog; one that is not there lacks every table."""
    try:
        warehouse.require()
    except WarehouseError:
        if isinstance(warehouse, DuckDBWarehouse) and warehouse.path.exists():
            raise
        return [said for table in TABLES for said in table.differences(None)]
    return warehouse.differences(TABLES)


def check(settings: Settings) -> Iterator[Check]:
    """Look at everything that the warehouse of the settings needs; nothing is changed."""
    warehouse = open_warehouse(settings)
    if isinstance(warehouse, DuckDBWarehouse):
        from backcourt.warehouse.condition.of_file import check_file

        yield from check_file(warehouse)
    else:
        from backcourt.warehouse.bigquery import BigQueryWarehouse
        from backcourt.warehouse.condition.of_project import check_project

        if isinstance(warehouse, BigQueryWarehouse):
            yield from check_project(warehouse.project, settings)


def run_probe(settings: Settings, run: str, tell: Callable[[str], None]) -> ProbeReport:
    """Try in a scratch dataset what only the service can tell.

    Args:
        settings: The settings, whose warehouse is a project.
        run: An id that no other probe has.
        tell: Is told what is tried next.

    Raises:
        WarehouseError: If the warehouse is a file, or the project cannot be used.
    """
    warehouse = open_warehouse(settings)
    if isinstance(warehouse, DuckDBWarehouse):
        raise WarehouseError(f"{warehouse.name} is a file: only a project can be probed", next_step="leave --probe out")
    from backcourt.warehouse.bigquery import BigQueryWarehouse
    from backcourt.warehouse.condition.probe import probe

    if not isinstance(warehouse, BigQueryWarehouse):
        raise WarehouseError(f"{warehouse.name} cannot be probed")
    return probe(warehouse.project, settings, run, tell)
