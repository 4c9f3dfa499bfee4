"""Every table of the warehouse: the one schema behind DDL, checks, the data dictionary and the documentation."""

from __future__ import annotations

from backcourt.catalog import analytics, operations, precompute, raw_league, raw_market, reference
from backcourt.catalog.model import Column, Critical, Table, Upstream, Window
from backcourt.catalog.packages import processors_of_packages
from backcourt.errors import UnknownNameError

TABLES: tuple[Table, ...] = (
    *raw_league.TABLES,
    *raw_market.TABLES,
    *reference.TABLES,
    *analytics.TABLES,
    *precompute.TABLES,
    *operations.TABLES,
)
"""All tables, in the order of the pipeline."""


def table(name: str) -> Table:
    """The table of that name: dataset.table, the bare table name, or the house abbreviation (PGS).

    Raises:
        UnknownNameError: If there is none; the message lists the nearest.
    """
    wanted = name.strip().casefold()
    for candidate in TABLES:
        if wanted in {candidate.full_name, candidate.name, candidate.short.casefold() or None}:
            return candidate
    raise UnknownNameError(
        "table", name, [candidate.name for candidate in TABLES], next_step="list them with: backcourt tables list"
    )


# Last, because a package's processors import what stands above.
TABLES += tuple(processor.table for processor in processors_of_packages())

__all__ = ["TABLES", "Column", "Critical", "Table", "Upstream", "Window", "table"]
