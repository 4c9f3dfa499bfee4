"""Rows as Arrow tables, whose columns have the types that the catalog names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backcourt.errors import BadValueError, one_line

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
        (pa.types.is_decimal, "FLOAT64"),
        (pa.types.is_date, "DATE"),
        (pa.types.is_timestamp, "TIMESTAMP"),
    )
    return next((name for fits, name in kinds if fits(kind)), "STRING")


def types_of(schema: pa.Schema) -> dict[str, str]:
    """The BigQuery type of each column."""
    return {field.name: type_of(field.type) for field in schema}


def with_whole_sums(data: pa.Table) -> pa.Table:
    """A table whose sums of whole numbers are INT64, as the service has them: DuckDB adds up in 128 bits."""
    import pyarrow as pa

    types: Any = pa.types
    for place, field in enumerate(data.schema):
        if types.is_decimal(field.type) and field.type.scale == 0:
            data = data.set_column(place, field.name, data.column(place).cast(pa.int64()))
    return data


def as_declared(data: pa.Table, types: Mapping[str, str], where: str) -> pa.Table:
    """The declared columns of a table in their declared types; without a copy of those that have them.

    Args:
        data: Rows in the types of any writer: dictionaries, small numbers, large texts, times without zone (UTC).
        types: BigQuery type by column.
        where: What holds the rows, for the message.

    Raises:
        BadValueError: If a column is missing, or holds what its type cannot; each such column is named.
    """
    import pyarrow as pa

    columns, faults = {}, []
    for name, declared in types.items():
        place = data.schema.get_field_index(name)
        if place < 0:
            faults.append(f"there is no column {name} ({declared})")
            continue
        column = data.column(place)
        try:
            _require_kin(column.type, declared)
            columns[name] = _cast(column, arrow_type(declared))
        except (pa.ArrowException, TypeError) as error:
            faults.append(f"{name} holds {column.type}, the catalog says {declared} ({one_line(str(error))})")
    if faults:
        raise BadValueError(
            f"{where}: {'; '.join(faults)}", next_step="write the columns with those types; nothing was loaded"
        )
    return pa.table(columns)


def _cast(column: pa.ChunkedArray[Any], wanted: pa.DataType) -> pa.ChunkedArray[Any]:
    """A column in another type; of a time, what lies below a microsecond is left out."""
    import pyarrow.compute as pc

    # The options are not among the types of every release.
    options: Any = pc.CastOptions
    return column if column.type == wanted else column.cast(options=options(wanted, allow_time_truncate=True))


def _require_kin(found: pa.DataType, declared: str) -> None:
    """Refuse what a cast would read as something else: text as a number, a time as a date.

    Raises:
        TypeError: If the types are not of one kind.
    """
    import pyarrow as pa

    while pa.types.is_list(found) or pa.types.is_large_list(found):
        found, inner = found.value_type, declared.removeprefix("ARRAY<").removesuffix(">")
        if inner == declared:
            raise TypeError("a list")
        declared = inner
    kind = type_of(found)
    if not (pa.types.is_null(found) or kind == declared or (kind, declared) == ("INT64", "FLOAT64")):
        raise TypeError(f"{kind} is another kind of value")
    if kind == "STRING" and not (pa.types.is_null(found) or _is_text(found)):
        raise TypeError("it is no text")


def _is_text(found: pa.DataType) -> bool:
    import pyarrow as pa

    while pa.types.is_dictionary(found):
        found = found.value_type
    types: Any = pa.types
    return bool(types.is_string(found) or types.is_large_string(found) or types.is_string_view(found))
