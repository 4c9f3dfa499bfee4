"""From a setting to a warehouse."""

from __future__ import annotations

from pathlib import Path

from backcourt.errors import SettingsError
from backcourt.settings import PROJECT, Settings
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse

_KINDS = ("the path of a DuckDB file", "bigquery://PROJECT")


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse that the settings name.

    Raises:
        SettingsError: If it is a kind of warehouse that is not supported.
    """
    if settings.warehouse.startswith(":"):
        # What the engine calls a database in memory would be gone when the command ends.
        raise SettingsError(
            f"warehouse {settings.warehouse!r} is not a file, so nothing would be kept",
            valid=_KINDS,
        )
    scheme, separator, project = settings.warehouse.partition("://")
    if separator:
        if scheme != "bigquery" or not PROJECT.fullmatch(project):
            raise SettingsError(f"warehouse {settings.warehouse!r} cannot be opened", valid=_KINDS)
        from backcourt.warehouse.bigquery import BigQueryWarehouse

        return BigQueryWarehouse(project, settings)
    return DuckDBWarehouse(Path(settings.warehouse), threads=settings.threads, patience=settings.patience)
