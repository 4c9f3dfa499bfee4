"""`backcourt query`: one SELECT, read-only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli.options import WarehouseOption, warehouse

if TYPE_CHECKING:
    import pyarrow as pa

_FORMATS = ("table", "csv", "json", "parquet")


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT in BigQuery's SQL; tables are dataset.table.")],
    output_format: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table",
    out: Annotated[Path | None, typer.Option(help="File to write; parquet needs one.")] = None,
    file: WarehouseOption = None,
) -> None:
    """Print or write the rows of a SELECT; nothing can be changed with it."""
    from backcourt.errors import BackcourtError, UnknownNameError
    from backcourt.warehouse.duckdb import read_only_query

    if output_format not in _FORMATS:
        raise UnknownNameError("format", output_format, _FORMATS)
    if output_format == "parquet" and out is None:
        raise BackcourtError("parquet is not for a terminal", next_step="name a file with --out FILE.parquet")
    result = read_only_query(warehouse(file), sql)
    if output_format == "table" and out is None:
        print_rows(result)
        return
    data = _encode(result, output_format)
    if out is None:
        typer.echo(data.decode(), nl=False)
        return
    # The file appears whole or not at all.
    partial = out.with_name(out.name + ".partial")
    partial.write_bytes(data)
    partial.replace(out)
    typer.echo(f"{result.num_rows} rows written to {out}")


def print_rows(result: pa.Table) -> None:
    """Print an Arrow table and how many rows it has."""
    from backcourt.cli.output import print_table

    numeric = [f.name for f in result.schema if str(f.type) in {"int64", "int32", "double"}]
    print_table(result.column_names, [tuple(row.values()) for row in result.to_pylist()], numbers=numeric)
    typer.echo(f"{result.num_rows} rows")


def _encode(result: pa.Table, output_format: str) -> bytes:
    import io
    import json

    import pyarrow as pa
    from pyarrow import csv, parquet

    buffer = io.BytesIO()
    if output_format == "parquet":
        parquet.write_table(result, buffer)
    elif output_format == "json":
        buffer.write((json.dumps(result.to_pylist(), indent=2, default=str, ensure_ascii=False) + "\n").encode())
    else:
        flat = [
            pa.array([None if v is None else json.dumps(v) for v in column.to_pylist()])
            if pa.types.is_list(column.type)
            else column
            for column in result.columns
        ]
        csv.write_csv(pa.table(flat, names=result.column_names), buffer)
    return buffer.getvalue()
