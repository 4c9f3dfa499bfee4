"""From a setting to a warehouse."""

from __future__ import annotations

from pathlib import Path

from backcourt.errors import SettingsError
from backcourt.settings import Settings
from backcourt.warehouse.base import Warehouse
from backcourt.warehouse.duckdb import DuckDBWarehouse


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse that the settings name.

    Raises:
        SettingsError: If it is a kind of warehouse that is not supported.
    """
    if settings.warehouse.startswith(":"):
        # What the engine calls a database in memory would be gone when the command ends.
        raise SettingsError(
            f"warehouse {settings.warehouse!r} is not a file, so nothing would be kept",
            valid=["the path of a DuckDB file"],
        )
    if "://" in settings.warehouse:
        raise SettingsError(
            f"warehouse {settings.warehouse!r} is not supported yet",
            valid=["the path of a DuckDB file"],
        )
    return DuckDBWarehouse(Path(settings.warehouse), threads=settings.threads, patience=settings.patience)
