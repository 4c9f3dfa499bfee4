"""Rows as Arrow tables, whose columns have the types that the catalog names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

    types: Mapping[str, pa.DataType] = {
        "STRING": pa.string(),
        "INT64": pa.int64(),
        "FLOAT64": pa.float64(),
        "BOOL": pa.bool_(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us", tz="UTC"),
        "ARRAY<STRING>": pa.list_(pa.string()),
    }
    named = [column.split() for column in columns.split(",")]
    values = list(zip(*rows, strict=True)) or [()] * len(named)
    return pa.table({name: pa.array(own, types[kind]) for (name, kind), own in zip(named, values, strict=True)})
