"""Compares a computed table with the reference: keys, every column of every row, failures per entity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from backcourt.catalog import table
from backcourt.catalog.features import FEATURES
from backcourt.catalog.model import Column
from reference.asof import Failure
from reference.model import Expected
from reference.raw import Row

_SLACK = 1.001
"""One unit of the last decimal."""

TIES = frozenset({"shot_zone_mismatch_score", "usage_spike_score", "total_composite_adjustment"})
"""Columns that are rounded from a product of floats, where a tie may fall to either side; all others are exact."""


RECORD = (
    "entity_id, failure_category, failure_reason, expected_game_count, actual_game_count, can_retry, is_correctable"
)
"""Columns of a failure record that the reference says something about."""


def _near(name: str, one: float, two: float) -> bool:
    return abs(one - two) <= _SLACK / 100 if name in TIES else one == two


def same(column: Column, one: Any, two: Any) -> bool:
    """Equal to the last digit; a column of ``TIES`` within one unit of its last decimal; NULL equals NULL only."""
    if one is None or two is None:
        return one is two
    if column.type == "FLOAT64":
        return _near(column.name, one, two)
    if column.type == "ARRAY<FLOAT64>":
        names = [feature.name for feature in FEATURES]
        return len(one) == len(two) and all(map(_near, names, one, two))
    if column.type == "ARRAY<STRING>":
        return list(one) == list(two)
    return one == two and type(one) is type(two)


def failure(row: Row) -> Failure:
    """A stored failure record as the reference writes it; both flags must say the same."""
    assert row["can_retry"] == row["is_correctable"], row
    said = frozenset(int(number) for number in re.findall(r"\d+", row["failure_reason"] or ""))
    return Failure(
        row["failure_category"],
        row["expected_game_count"],
        row["actual_game_count"],
        mendable=row["can_retry"],
        said=said,
    )


def differences(name: str, day: object, wanted: Expected, found: Expected, *, limit: int = 20) -> list[str]:
    """What differs, in words, at most ``limit`` of them; empty if nothing does."""
    out: list[str] = []
    rows, stored = wanted[0], found[0]
    out += [f"{name} {day}: row {key} is missing" for key in sorted(rows.keys() - stored.keys(), key=str)]
    out += [f"{name} {day}: row {key} is not expected" for key in sorted(stored.keys() - rows.keys(), key=str)]
    columns = table(name).business_columns
    for key in sorted(rows.keys() & stored.keys(), key=str):
        out += [
            f"{name} {day} {key}: {column.name} is {stored[key][column.name]!r}, reference {rows[key][column.name]!r}"
            for column in columns
            if not same(column, rows[key][column.name], stored[key][column.name])
        ]
    fails, recorded = wanted[1], found[1]
    out += [
        f"{name} {day}: failure of {entity} is {recorded.get(entity)}, reference {fails.get(entity)}"
        for entity in sorted(fails.keys() | recorded.keys())
        if fails.get(entity) != recorded.get(entity)
    ]
    return out[:limit]


def by_key(name: str, rows: Iterable[Row]) -> dict[tuple[object, ...], Row]:
    """Rows by the table's key."""
    key = table(name).key
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        place = tuple(row[part] for part in key)
        assert place not in found, f"{name}: key {place} repeats"
        found[place] = row
    return found


def fetch(connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]) -> list[Row]:
    """Rows as dicts."""
    connection.execute(sql, parameters)
    names = [column[0] for column in connection.description or ()]
    return [dict(zip(names, values, strict=True)) for values in connection.fetchall()]


class Stored:
    """The computed tables of a warehouse file."""

    def __init__(self, path: Path) -> None:
        """Open the file for reading."""
        self._connection = duckdb.connect(str(path), read_only=True)
        self._connection.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def found(self, name: str, day: object) -> Expected:
        """Stored rows by key and recorded failures by entity."""
        target = table(name)
        columns = ", ".join(column.name for column in target.business_columns)
        rows = fetch(self._connection, f"SELECT {columns} FROM {target.full_name} WHERE {target.partition} = ?", [day])
        failures = fetch(
            self._connection,
            f"SELECT {RECORD} FROM nba_processing.{target.phase}_failures "
            "WHERE processor_name = ? AND analysis_date = ?",
            [target.name, day],
        )
        return by_key(name, rows), {row["entity_id"]: failure(row) for row in failures}


def count_by_table(found: Iterable[str]) -> Mapping[str, int]:
    """Differences per table, for a short message."""
    counts: dict[str, int] = {}
    for line in found:
        counts[line.split()[0]] = counts.get(line.split()[0], 0) + 1
    return counts
