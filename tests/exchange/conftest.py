"""The small season for two warehouses, and a piece of it that is compared in a moment."""

import duckdb
import pytest

from small_season import command, computed, computed_season, raw_season

__all__ = ["command", "computed", "computed_season", "piece", "raw_season"]
KEPT = 12
"""Rows of each table in the piece."""


@pytest.fixture(scope="session")
def piece(computed_season, tmp_path_factory):
    """The computed season with a few rows of each table; read it, or copy it."""
    path = tmp_path_factory.mktemp("piece") / "piece.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"ATTACH '{computed_season}' AS old (READ_ONLY)").fetchall()
        connection.execute("COPY FROM DATABASE old TO piece (SCHEMA)").fetchall()
        for schema, table in connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'old'"
        ).fetchall():
            connection.execute(
                f"INSERT INTO {schema}.{table} SELECT * FROM old.{schema}.{table} ORDER BY rowid DESC LIMIT {KEPT}"
            ).fetchall()
    return path
