"""Compares a computed table with the reference: keys, every column of every row, failures per entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from backcourt.catalog import table
from backcourt.catalog.features import FEATURES
from backcourt.catalog.model import Column
from reference.model import Expected, Reference
from reference.raw import Row

_SLACK = 1.001
"""One unit of the last decimal, for ties in rounding."""

_HUNDREDTHS = frozenset(
    [
        "points_avg_last_5",
        "points_avg_last_10",
        "points_avg_season",
        "points_std_last_10",
        "shot_zone_mismatch_score",
        "pace_score",
        "usage_spike_score",
        "opponent_def_rating",
        "opponent_pace",
        "team_pace",
        "team_off_rating",
    ]
)
"""Features that are copies of columns with two decimals: that is the unit in which a tie shows."""


def _decimals(column: Column, feature: str | None = None) -> int:
    name = feature or column.name
    return 2 if column.decimals == 4 and name in _HUNDREDTHS else column.decimals or 0


def _near(one: float, two: float, decimals: int) -> bool:
    return abs(one - two) <= _SLACK * 10**-decimals


def same(column: Column, one: Any, two: Any) -> bool:
    """Equal, or within one unit of the last decimal for floats; NULL equals NULL only."""
    if one is None or two is None:
        return one is two
    if column.type == "FLOAT64":
        return _near(one, two, _decimals(column))
    if column.type == "ARRAY<FLOAT64>":
        places = [_decimals(column, feature.name) for feature in FEATURES]
        return len(one) == len(two) and all(map(_near, one, two, places))
    if column.type == "ARRAY<STRING>":
        return list(one) == list(two)
    return one == two


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
            f"SELECT entity_id, failure_category FROM nba_processing.{target.phase}_failures "
            "WHERE processor_name = ? AND analysis_date = ?",
            [target.name, day],
        )
        return by_key(name, rows), {row["entity_id"]: row["failure_category"] for row in failures}


def check(reference: Reference, stored: Stored, names: Iterable[str], days: Iterable[object]) -> list[str]:
    """Differences of several tables and dates."""
    out: list[str] = []
    for day in days:
        for name in names:
            out += differences(name, day, reference.expected(name, day), stored.found(name, day))
    return out


def count_by_table(found: Iterable[str]) -> Mapping[str, int]:
    """Differences per table, for a short message."""
    counts: dict[str, int] = {}
    for line in found:
        counts[line.split()[0]] = counts.get(line.split()[0], 0) + 1
    return counts
