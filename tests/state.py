"""What must be the same after a disturbed run, or a repair, as in a warehouse that was never disturbed."""

import duckdb

from backcourt.processors.registry import registry

COMPUTED = ("nba_analytics", "nba_precompute", "nba_predictions")
STATE = ("backfill_ledger", "analytics_failures", "precompute_failures", "locks", "restatements")


def query(path, sql, *values, read_only=False):
    """The rows of a DuckDB statement; what several workers share is opened read-only."""
    connection = duckdb.connect(str(path), read_only=read_only)
    found = connection.execute(sql, list(values)).fetchall()
    connection.close()
    return found


def contents(path):
    """Every computed row, every failure and what the ledger says, without run, attempt and time."""
    connection = duckdb.connect(str(path), read_only=True)

    def rows(sql):
        return connection.execute(sql).fetchall()

    found = {}
    for processor in registry():
        key = ", ".join(processor.table.key)
        found[processor.name] = rows(f"SELECT {key}, data_hash FROM {processor.table.full_name} ORDER BY ALL")
    for table in ("analytics_failures", "precompute_failures"):
        found[table] = rows(f"SELECT * EXCLUDE (run_id, created_at) FROM nba_processing.{table} ORDER BY ALL")
    found["ledger"] = rows(
        "SELECT * EXCLUDE (run_id, attempt, started_at, finished_at) FROM nba_processing.backfill_ledger ORDER BY ALL"
    )
    connection.close()
    return found


def stored(path):
    """Every computed and raw row with all its values, whatever its hash says: table, rows and a checksum."""
    found = {}
    for schema, table in query(
        path, "SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL", read_only=True
    ):
        if schema in {*COMPUTED, "nba_raw"}:
            found[f"{schema}.{table}"] = query(
                path,
                f"SELECT count(*), sum(hash(t)::HUGEINT) FROM (SELECT * EXCLUDE processed_at FROM {schema}.{table}) AS t",
                read_only=True,
            )
    return found


def forget_everything(path):
    """Take out every computed row and what is known about it; the raw tables stay."""
    for schema, table in query(path, "SELECT schema_name, table_name FROM duckdb_tables()"):
        if schema in COMPUTED or table in STATE:
            query(path, f"DELETE FROM {schema}.{table}")


def compacted(path, target):
    """A copy of a warehouse without the free space that deleted rows left in its file."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{path}' AS old (READ_ONLY)").fetchall()
    connection.execute(f"ATTACH '{target}' AS fresh").fetchall()
    connection.execute("COPY FROM DATABASE old TO fresh").fetchall()
    connection.close()
    return target
