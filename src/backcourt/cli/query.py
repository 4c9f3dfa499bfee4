"""`backcourt query`: one SELECT, read-only."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli.options import WarehouseOption, warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    import pyarrow as pa

FormatOption = Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="File to write; parquet needs one.")]
_FORMATS = ("table", "csv", "json", "parquet")


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT in BigQuery's SQL; tables are dataset.table.")],
    output_format: FormatOption = "table",
    out: OutOption = None,
    file: WarehouseOption = None,
) -> None:
    """Print or write the rows of a SELECT; nothing can be changed with it."""
    from backcourt.warehouse.duckdb import read_only_query

    check_format(output_format, out)
    deliver(read_only_query(warehouse(file), sql), output_format, out)


def check_format(output_format: str, out: Path | None) -> None:
    """Refuse a format that does not exist or is not for a terminal, before anything is asked.

    Raises:
        UnknownNameError: If there is no such format.
        BackcourtError: If it needs a file and none is named.
        OutputFileError: If the file cannot be written.
    """
    from backcourt.errors import BackcourtError, UnknownNameError
    from backcourt.files import check_writable

    if output_format not in _FORMATS:
        raise UnknownNameError("format", output_format, _FORMATS)
    if output_format == "parquet" and out is None:
        raise BackcourtError("parquet is not for a terminal", next_step="name a file with --out FILE.parquet")
    if out is not None:
        check_writable(out, "--out")


def deliver(result: pa.Table, output_format: str, out: Path | None) -> None:
    """Print rows, or write them to a file, in a format that ``check_format`` has let through."""
    from backcourt.files import write_whole

    result = _whole(result)
    if output_format == "table" and out is None:
        print_rows(result)
        return
    data = _encode(result, output_format)
    if out is None:
        typer.echo(data.decode(), nl=False)
        return
    write_whole(out, data, "--out")
    typer.echo(f"{counted(result.num_rows, 'row')} written to {out}")


def print_rows(result: pa.Table) -> None:
    """Print an Arrow table and how many rows it has."""
    from backcourt.cli.output import print_table

    numeric = [f.name for f in result.schema if str(f.type) in {"int64", "int32", "double"}]
    print_table(result.column_names, [tuple(row.values()) for row in result.to_pylist()], numbers=numeric)
    typer.echo(f"{counted(result.num_rows, 'row')}")


def _whole(result: pa.Table) -> pa.Table:
    """Sums of whole numbers as INT64, as BigQuery has them; DuckDB makes them wider, and JSON would quote them."""
    import pyarrow as pa

    for number, field in enumerate(result.schema):
        if pa.types.is_decimal(field.type) and field.type.scale == 0:
            with suppress(pa.ArrowInvalid):
                # A sum that INT64 cannot hold stays as it is.
                result = result.set_column(number, field.name, result.column(number).cast(pa.int64()))
    return result


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
