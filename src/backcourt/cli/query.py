"""`backcourt query`: one SELECT, read-only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Rows
from backcourt.cli.options import Where
from backcourt.errors import counted

if TYPE_CHECKING:
    import pyarrow as pa

_FORMATS = ("table", "csv", "json", "parquet")


@dataclass(frozen=True, slots=True)
class Form:
    """The options that say in what form rows are given."""

    output_format: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table"
    out: Annotated[Path | None, typer.Option("--out", help="File to write; parquet needs one.")] = None

    def check(self) -> None:
        """Refuse a format that does not exist or is not for a terminal, before anything is asked.

        Raises:
            UnknownNameError: If there is no such format.
            BackcourtError: If it needs a file and none is named.
            OutputFileError: If the file cannot be written.
        """
        from backcourt.errors import BackcourtError, UnknownNameError
        from backcourt.files import check_writable

        if self.output_format not in _FORMATS:
            raise UnknownNameError("format", self.output_format, _FORMATS)
        if self.output_format == "parquet" and self.out is None:
            raise BackcourtError("parquet is not for a terminal", next_step="name a file with --out FILE.parquet")
        if self.out is not None:
            check_writable(self.out, "--out")

    def of(self, result: pa.Table) -> Answer:
        """Rows in a form that has been checked; they are written if a file is named."""
        from backcourt.files import write_whole

        result = _whole(result)
        if self.output_format == "table" and self.out is None:
            return rows_of(result)
        data = _encode(result, self.output_format)
        if self.out is None:
            return Answer(data.decode().removesuffix("\n"))
        write_whole(self.out, data, "--out")
        return Answer(f"{counted(result.num_rows, 'row')} written to {self.out}")


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT in BigQuery's SQL; tables are dataset.table.")],
    *,
    form: Form,
    at: Where,
) -> Answer:
    """Print or write the rows of a SELECT; nothing can be changed with it."""
    from backcourt.warehouse.duckdb import read_only_query

    form.check()
    return form.of(read_only_query(at.warehouse(), sql))


def rows_of(result: pa.Table) -> Answer:
    """An Arrow table as it is, and how many rows it has."""
    numeric = [f.name for f in result.schema if str(f.type) in {"int64", "int32", "double"}]
    rows = [[None if value is None else str(value) for value in row.values()] for row in result.to_pylist()]
    return Answer(counted(result.num_rows, "row"), [Rows(result.column_names, rows, numeric)])


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
