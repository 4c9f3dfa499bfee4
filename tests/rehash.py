"""Give rows that a test has changed the hash of what they say now, as a publication would have."""

from __future__ import annotations

import duckdb

from backcourt.catalog import table as table_of
from backcourt.warehouse.content import content_hash
from backcourt.warehouse.translation import translate

LEDGER = "nba_processing.backfill_ledger"


def rehash(path, name, where="TRUE", values=()):
    """Hash rows of a table, by name or as a version has it, again, and let the ledger know the rows of a computed one."""
    connection = duckdb.connect(str(path))
    rehash_in(connection, name, where, values)
    connection.close()


def rehash_in(connection, name, where="TRUE", values=()):
    """The same through an open DuckDB connection; ``where`` is DuckDB's SQL."""
    found = table_of(name) if isinstance(name, str) else name
    name = found.full_name
    digest = (
        translate(f"SELECT {content_hash(found)} AS h FROM {name}").sql.partition("SELECT ")[2].rpartition(" AS h")[0]
    )
    connection.execute(f"UPDATE {name} SET data_hash = {digest} WHERE {where}", list(values))
    if found.phase in {"analytics", "precompute"}:
        connection.execute(
            f"UPDATE {LEDGER} AS l SET output_fingerprint = o.fingerprint FROM (SELECT {found.partition} AS day, "
            f"sha256(string_agg(data_hash, '' ORDER BY data_hash))[:16] AS fingerprint FROM {name} GROUP BY 1) AS o "
            "WHERE l.table_name = ? AND l.game_date = o.day",
            [name],
        )
