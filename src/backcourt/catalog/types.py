"""Short spellings for the catalog's column lists: one call per column."""

from __future__ import annotations

from backcourt.catalog.model import Column, SqlType


def text(name: str, description: str, *, required: bool = False) -> Column:
    """A STRING column."""
    return Column(name, "STRING", description, required=required)


def integer(
    name: str,
    description: str,
    unit: str = "count",
    *,
    required: bool = False,
    nulls: tuple[tuple[str, str], ...] = (),
) -> Column:
    """An INT64 column."""
    return Column(name, "INT64", description, unit, required=required, nulls=nulls)


def number(name: str, decimals: int, description: str, unit: str, *, required: bool = False) -> Column:
    """A FLOAT64 column, rounded to ``decimals``."""
    return Column(name, "FLOAT64", description, unit, decimals, required=required)


def flag(name: str, description: str, *, required: bool = False) -> Column:
    """A BOOL column."""
    return Column(name, "BOOL", description, required=required)


def day(name: str, description: str, *, required: bool = False) -> Column:
    """A DATE column."""
    return Column(name, "DATE", description, required=required)


def moment(name: str, description: str, *, required: bool = False) -> Column:
    """A TIMESTAMP column (UTC)."""
    return Column(name, "TIMESTAMP", description, required=required)


def array(
    name: str,
    element: SqlType,
    description: str,
    unit: str = "",
    *,
    decimals: int | None = None,
    length: int | None = None,
    derived: str = "",
) -> Column:
    """An ARRAY column; ``element`` is STRING, INT64 or FLOAT64."""
    kinds: dict[str, SqlType] = {"STRING": "ARRAY<STRING>", "INT64": "ARRAY<INT64>", "FLOAT64": "ARRAY<FLOAT64>"}
    return Column(name, kinds[element], description, unit, decimals, length=length, derived=derived)
