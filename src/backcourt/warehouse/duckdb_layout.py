"""The layout of a DuckDB file: what the catalog wants, what is there, and the statements in between.

A row's hash covers its columns, so a table with other columns has other hashes. Rows that are what their hash says by
the columns of the file get the hash by the catalog's; all others keep theirs, and are found as altered ones afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from backcourt.catalog import TABLES
from backcourt.catalog.views import LEDGER
from backcourt.errors import WarehouseError

if TYPE_CHECKING:
    import duckdb

    from backcourt.catalog.model import Column, Table

TYPES = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
    "ARRAY<STRING>": "VARCHAR[]",
    "ARRAY<INT64>": "BIGINT[]",
    "ARRAY<FLOAT64>": "DOUBLE[]",
}
"""What the engine calls the catalog's types."""
_META = "nba_processing.warehouse_meta"
_FINGERPRINT = "output_fingerprint"
LAYOUT = 7
"""Version of the tables' layout; a file written by a higher one is refused."""


_NO_NULL_LISTS = 7
"""The first layout that stores no list as NULL."""


_FORMER = {
    ("nba_raw.nbac_schedule", "starter_ids"): (
        "list_sort(home_starter_ids || away_starter_ids)",
        ("home_starter_ids", "away_starter_ids"),
    ),
}
"""Columns that took the place of others: what they are made of where those are still there, and which go then."""


_SEEDED = {"nba_reference.neutral_site_games": "game_id"}
"""Tables whose rows ship with the program, with a column that only an older shape has: that shape is made anew."""


_REWORDED = {
    5: (
        "nba_processing.quarantine",
        "source_file = '(landing zone)' WHERE starts_with(source_file, 'landing of ')",
    )
}
"""Values that a layout says otherwise, by the first one that does: the table, and what an update sets where."""


def migration(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], path: Path) -> list[str]:
    """The statements that bring the file to the catalog's layout."""
    present = _present(connection)
    statements: list[str] = []
    layout = layout_of(connection, path)
    if _META in present and layout < LAYOUT:
        statements.append(f"UPDATE {_META} SET layout = {LAYOUT}")
        statements += [
            f"UPDATE {name} SET {change}"
            for since, (name, change) in _REWORDED.items()
            if layout < since and name in present
        ]
    schemas = sorted({table.dataset for table in tables} | {"nba_processing"})
    if any(table.full_name not in present for table in tables) or _META not in present:
        statements += [f"CREATE SCHEMA IF NOT EXISTS {schema}" for schema in schemas]
    if _META not in present:
        statements += [f"CREATE TABLE {_META} (layout BIGINT)", f"INSERT INTO {_META} VALUES ({LAYOUT})"]
    known = _FINGERPRINT in present.get(LEDGER, {})
    for table in tables:
        statements += _evolve(table, present.get(table.full_name), path, ledger=known)
    return statements + (_without_null_lists(tables, present) if layout < _NO_NULL_LISTS else [])


def _without_null_lists(tables: Sequence[Table], present: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The statements that put empty lists in place of NULL ones; both have the same hash."""
    wanted = {table.full_name for table in tables}
    return [
        f"UPDATE {table.full_name} SET {column.name} = [] WHERE {column.name} IS NULL"
        for table in TABLES
        for column in table.columns
        if column.type.startswith("ARRAY")
        and table.full_name in present
        and (table.full_name in wanted or column.name in present[table.full_name])
    ]


def layout_of(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Version of the file's layout; this one's if nothing is in the file yet.

    Raises:
        WarehouseError: If a newer version wrote it.
    """
    known = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name || '.' || table_name = ?", [_META]
    ).fetchall()[0][0]
    layout = connection.execute(f"SELECT max(layout) FROM {_META}").fetchall()[0][0] if known else LAYOUT
    if layout is not None and layout > LAYOUT:
        raise WarehouseError(
            f"{path} was written by a newer Backcourt (layout {layout}, this one knows {LAYOUT})",
            next_step="upgrade backcourt, or name another file with --warehouse",
        )
    return int(layout or 0)


def _evolve(table: Table, present: Mapping[str, str] | None, path: Path, *, ledger: bool = False) -> list[str]:
    """The statements that make one table, or add what it lacks."""
    if present is not None and _SEEDED.get(table.full_name) in present:
        return [f"DROP TABLE {table.full_name}", *_evolve(table, None, path)]
    if present is None:
        return [f"CREATE TABLE {table.full_name} ({', '.join(_ddl(column) for column in table.columns)})"]
    for column in table.columns:
        found = present.get(column.name, TYPES[column.type])
        if found != TYPES[column.type]:
            raise WarehouseError(
                f"{path}: {table.full_name}.{column.name} is {found}, the catalog says {TYPES[column.type]}",
                next_step="the file is from another version: export what you need and load into a new file",
            )
    # NOT NULL cannot be added to a table with rows; the audit before every publication checks it.
    missing = [column for column in table.columns if column.name not in present]
    statements = [f"ALTER TABLE {table.full_name} ADD COLUMN {column.name} {TYPES[column.type]}" for column in missing]
    gone: list[str] = []
    for column in missing:
        value, former = _FORMER.get((table.full_name, column.name), ("", ()))
        if former and set(former) <= set(present):
            statements.append(f"UPDATE {table.full_name} SET {column.name} = {value}")
            gone += former
    if missing and table.hashed and "data_hash" in present:
        statements += _hashed_again(table, present, ledger=ledger)
    return [*statements, *(f"ALTER TABLE {table.full_name} DROP COLUMN {name}" for name in gone)]


def _hashed_again(table: Table, present: Collection[str], *, ledger: bool) -> list[str]:
    """The statements that hash the rows by the catalog's columns which are what their hash says by the file's."""
    from backcourt.warehouse.content import content_hash, fingerprint
    from backcourt.warehouse.translation import translate

    columns: list[Column] = []
    for column in table.columns:
        former = _FORMER.get((table.full_name, column.name), ("", ()))[1]
        if column.name in present:
            columns.append(column)
        elif former and set(former) <= set(present):
            columns += [replace(column, name=name) for name in former]
    # Whether the derived ones hold is judged when the rows are looked at: they are in no hash.
    file = replace(table, columns=tuple(columns), key=(), partition=None, cluster=(), critical=(), upstreams=())
    fresh = f"IF(COALESCE(data_hash, '') = {content_hash(file)}, {content_hash(table)}, data_hash)"
    statements = [f"UPDATE {table.full_name} SET data_hash = {fresh} WHERE TRUE"]
    if ledger and table.phase in {"analytics", "precompute"}:
        prints = ", ".join(
            f"{fingerprint(name)} AS {alias}" for name, alias in (("data_hash", "written"), ("fresh", "rewritten"))
        )
        rows = f"SELECT {table.partition} AS day, data_hash, {fresh} AS fresh FROM {table.full_name}"
        statements.insert(
            0,
            f"UPDATE {LEDGER} AS l SET {_FINGERPRINT} = r.rewritten FROM (SELECT day, {prints} FROM ({rows}) "
            f"GROUP BY day) AS r WHERE l.table_name = '{table.full_name}' AND l.game_date = r.day "
            f"AND l.{_FINGERPRINT} = r.written",
        )
    return [translate(statement).sql for statement in statements]


def _ddl(column: Column) -> str:
    return f"{column.name} {TYPES[column.type]}{' NOT NULL' if column.required else ''}"


def present(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Catalog type by column by table; another type than the catalog knows is called as the engine calls it."""
    kinds = {own: kind for kind, own in TYPES.items()}
    return {
        table: {column: kinds.get(kind, kind) for column, kind in columns.items()}
        for table, columns in _present(connection).items()
    }


def _present(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Type by column by table."""
    present: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    ).fetchall():
        present.setdefault(f"{schema}.{table}", {})[column] = kind
    return present
