"""One warehouse in a file and one in a project, which must hold the same."""

from __future__ import annotations

import io
import re

import pyarrow.parquet as pq
from google.cloud import bigquery

from backcourt.catalog import TABLES
from backcourt.warehouse.base import Statement

OF_THE_RUN = {
    "processed_at",
    "run_id",
    "created_at",
    "started_at",
    "finished_at",
    "loaded_at",
    "restated_at",
    "quarantined_at",
    "created_by",
    "processor_run_history",
}
"""Columns, and a table, that say when and by which run."""
OF_THE_WAY = OF_THE_RUN | {"attempt", "review_id", "path", "events", "locks"}
"""The same, and those that say how often somebody tried and where."""


def contents(warehouse, chosen=TABLES, left_out=OF_THE_RUN):
    """All that each table with rows says, but when and by which run, by full name.

    A list without elements is what no list is to the service; an act has another id each time.
    """
    tables = [table for table in chosen if table.name not in left_out]
    with warehouse.read() as session:
        counted = " UNION ALL ".join(
            f"SELECT '{table.full_name}' AS name, COUNT(*) AS n FROM {table.full_name}" for table in tables
        )
        some = {name for name, rows in session.rows(counted) if rows}
        filled = [table for table in tables if table.full_name in some]
        columns = [", ".join(c.name for c in table.columns if c.name not in left_out) for table in filled]
        answers = session.ask(
            *(Statement(f"SELECT {own} FROM {table.full_name}") for table, own in zip(filled, columns, strict=True))
        )
    return {
        table.full_name: sorted(tuple(_said(value) for value in row) for row in rows)
        for table, rows in zip(filled, answers, strict=True)
    }


def _said(value):
    return re.sub(r"review [0-9a-f]{8}", "review", str(value)) if value not in (None, []) else ""


def unlike(file, project, chosen=TABLES, left_out=OF_THE_RUN):
    """The tables in which two warehouses differ, and the names of those that have rows in the file."""
    one, other = contents(file, chosen, left_out), contents(project, chosen, left_out)
    different = sorted(full for full in one.keys() | other.keys() if one.get(full) != other.get(full))
    return different, {full.rpartition(".")[2] for full in one}


def fill(project, file):
    """Make a new project hold what a file holds: every row of every table, stamps included."""
    project.ensure(TABLES)
    client, names = project._client, project._names()
    options = bigquery.ParquetOptions()
    options.enable_list_inference = True
    with file.read() as session:
        for table in TABLES:
            columns = ", ".join(column.name for column in table.columns)
            rows = session.query(f"SELECT {columns} FROM {table.full_name}")
            if not rows.num_rows:
                continue
            sent = io.BytesIO()
            pq.write_table(rows, sent)
            config = bigquery.LoadJobConfig(
                source_format="PARQUET", write_disposition="WRITE_APPEND", parquet_options=options
            )
            place = names.table(table.full_name)
            client.load_table_from_file(sent, place, rewind=True, job_config=config).result()
