"""Rows as Arrow tables, whose columns have the types that the catalog names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def table_of(columns: str, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Rows as an Arrow table; one without rows has the columns all the same.

    Args:
        columns: Names and BigQuery types, as a table is declared: "base STRING, player_id INT64".
        rows: Rows of as many values.
    """
    import pyarrow as pa

    named = [column.split() for column in columns.split(",")]
    values = list(zip(*rows, strict=True)) or [()] * len(named)
    return pa.table({name: pa.array(own, arrow_type(kind)) for (name, kind), own in zip(named, values, strict=True)})


def arrow_type(kind: str) -> pa.DataType:
    """The Arrow type of a BigQuery type."""
    import pyarrow as pa

    inner = kind.removeprefix("ARRAY<").removesuffix(">")
    if inner != kind:
        return pa.list_(arrow_type(inner))
    return {
        "STRING": pa.string(),
        "INT64": pa.int64(),
        "FLOAT64": pa.float64(),
        "BOOL": pa.bool_(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    }[kind]


def type_of(kind: pa.DataType) -> str:
    """The BigQuery type that holds what an Arrow type holds; text for whatever is none of the others."""
    import pyarrow as pa

    while pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"ARRAY<{type_of(kind.value_type)}>"
    kinds = (
        (pa.types.is_boolean, "BOOL"),
        (pa.types.is_integer, "INT64"),
        (pa.types.is_floating, "FLOAT64"),
        (pa.types.is_date, "DATE"),
        (pa.types.is_timestamp, "TIMESTAMP"),
    )
    return next((name for fits, name in kinds if fits(kind)), "STRING")


def plain(data: pa.Table) -> pa.Table:
    """A table without the types that only files have: dictionaries, small numbers, large texts, times without zone."""
    import pyarrow as pa

    return data.cast(pa.schema([(column.name, arrow_type(type_of(column.type))) for column in data.schema]))
