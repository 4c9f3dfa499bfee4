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


_OF_A_RUN = ("run_id", "attempt", "review_id", "created_by", "path")
"""Columns that differ from one run to the next that does the same, or from one folder to the other."""
_DIARIES = ("processor_run_history", "events", "locks")
"""Tables that tell what was tried, not what there is."""
_ONLY = {"nba_processing.restatements": "table_name NOT LIKE 'nba_raw.%'"}
"""What a load restates depends on how far the one before it came; the rows that it leaves do not."""


def differences(path, twin, *, times=True):
    """In which rows two warehouses differ, times included, run ids left out: a line per table, with an example.

    Without times, for what a clock of its own wrote, moments count only as far as the rows' hashes know them.
    """
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{path}' AS a (READ_ONLY)").fetchall()
    connection.execute(f"ATTACH '{twin}' AS b (READ_ONLY)").fetchall()
    found = []
    columns = {}
    for name, schema, table, names in connection.execute(
        "SELECT database_name, schema_name, table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
        f"WHERE database_name IN ('a', 'b') AND ({times} OR data_type NOT LIKE 'TIMESTAMP%') GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", {})[name] = [column for column in names if column not in _OF_A_RUN]
    for table, by_name in columns.items():
        if table.split(".")[1] in _DIARIES:
            continue
        if len(by_name) < 2 or by_name["a"] != by_name["b"]:
            found.append(f"{table}: other columns")
            continue
        # An act has another id each time, and what rests on it names it.
        chosen = ", ".join(
            "regexp_replace(evidence, 'review [0-9a-f]{8}', 'review') AS evidence" if name == "evidence" else name
            for name in by_name["a"]
        )
        only = _ONLY.get(table, "TRUE")
        sums = [
            connection.execute(
                f"SELECT count(*), sum(hash(t)::HUGEINT) FROM (SELECT {chosen} FROM {name}.{table} WHERE {only}) AS t"
            ).fetchall()
            for name in ("a", "b")
        ]
        if sums[0] == sums[1]:
            continue
        for one, other, word in (("a", "b", "more"), ("b", "a", "lacking")):
            rows = connection.execute(
                f"SELECT {chosen} FROM {one}.{table} WHERE {only} EXCEPT ALL "
                f"SELECT {chosen} FROM {other}.{table} WHERE {only}"
            ).fetchall()
            if rows:
                found.append(f"{table}: {len(rows)} rows {word}, such as {str(min(rows, key=repr))[:300]}")
    connection.close()
    return found
