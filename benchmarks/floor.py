"""The floor: plain DuckDB computes and writes the same columns, failure rows and row hashes, and nothing else.

No plan, no ledger, no audit, no comparison with what is there: every table is made by one CREATE TABLE over the whole
range, and the failures by another. The statements are the product's, translated beforehand.

    python benchmarks/floor.py prepare STATEMENTS.json
    python benchmarks/floor.py run STATEMENTS.json WAREHOUSE.duckdb START END
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path


def prepare(path: Path) -> None:
    """Write the translated SELECTs, so that the floor imports DuckDB alone."""
    from backcourt.processors.registry import registry
    from backcourt.warehouse.dialect import to_duckdb

    statements = []
    for processor in registry():
        translated = to_duckdb(processor.staged_sql)
        statements.append(
            {
                "name": processor.table.full_name,
                "short": processor.table.short,
                "order": [processor.table.partition, *processor.table.key],
                "sql": translated.sql,
                "parameters": sorted(translated.parameters),
                "columns": [column.name for column in processor.table.columns if column.name != "processed_at"],
            }
        )
    path.write_text(json.dumps(statements), encoding="utf-8")


def run(path: Path, warehouse: Path, start: date, end: date) -> None:
    """Compute every table into a warehouse whose raw tables are loaded and whose computed tables are gone."""
    import duckdb

    values = {"start_date": start, "end_date": end, "opening_day": start, "bootstrap_days": 14}
    connection = duckdb.connect(str(warehouse))
    for item in json.loads(path.read_text(encoding="utf-8")):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {item['name'].split('.')[0]}").fetchall()
        bound = {name: values[name] for name in item["parameters"]}
        connection.execute(f"CREATE TEMP TABLE stage AS {item['sql']}", bound).fetchall()
        names, order = ", ".join(item["columns"]), ", ".join(item["order"])
        written = "failure_category IS NULL OR failure_category = 'NO_SHOT_ZONE'"
        connection.execute(
            f"CREATE TABLE {item['name']} AS SELECT {names} FROM stage WHERE {written} ORDER BY {order}"
        ).fetchall()
        connection.execute(
            f"CREATE TABLE failures_{item['short']} AS SELECT {order}, failure_category, failure_reason, "
            "expected_game_count, actual_game_count FROM stage WHERE failure_category IS NOT NULL"
        ).fetchall()
        connection.execute("DROP TABLE stage").fetchall()
    connection.close()


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]))
    else:
        run(Path(sys.argv[2]), Path(sys.argv[3]), date.fromisoformat(sys.argv[4]), date.fromisoformat(sys.argv[5]))
