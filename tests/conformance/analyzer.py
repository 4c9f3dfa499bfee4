"""Google's own GoogleSQL analyzer and reference evaluator (PyPI zetasql), set to what BigQuery allows.

The library is WebAssembly: compiling it takes 16 to 32 s on two cores, so wasmtime keeps the compiled module below the
user's cache directory (a second session starts in half a second), and one service serves a whole test session.

What differs from BigQuery itself: there is no cost, no quota and no storage; a few functions are missing from the
evaluator (APPROX_QUANTILES); NULL arrays stay NULL, which BigQuery stores as empty ones; and the contents of tables can
only be given for tables without a dataset, so ``evaluate`` writes ``dataset.table`` as ``dataset__table``.
"""

from __future__ import annotations

import functools
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backcourt.catalog.model import Table

    Catalog = Any

_EPOCH = date(1970, 1, 1)
_NAMES = {
    "TYPE_INT64": "INT64",
    "TYPE_DOUBLE": "FLOAT64",
    "TYPE_BOOL": "BOOL",
    "TYPE_STRING": "STRING",
    "TYPE_BYTES": "BYTES",
    "TYPE_DATE": "DATE",
    "TYPE_TIMESTAMP": "TIMESTAMP",
    "TYPE_DATETIME": "DATETIME",
    "TYPE_NUMERIC": "NUMERIC",
    "TYPE_JSON": "JSON",
    "TYPE_INTERVAL": "INTERVAL",
}
_KINDS = {name: kind for kind, name in _NAMES.items()}
_VALUE_FIELDS = {
    "INT64": "int64_value",
    "FLOAT64": "double_value",
    "BOOL": "bool_value",
    "STRING": "string_value",
    "BYTES": "bytes_value",
    "JSON": "json_value",
}
_NOT_IN_BIGQUERY = ("FEATURE_LATERAL_COLUMN_REFERENCES", "FEATURE_TIMESTAMP_NANOS", "FEATURE_TIMESTAMP_PICOS")


class RefusedError(Exception):
    """Google's analyzer or evaluator refused a statement."""

    def __init__(self, sql: str, message: str) -> None:
        """Show the statement with line numbers below Google's message."""
        lines = "\n".join(f"{number:4} {line}" for number, line in enumerate(sql.splitlines(), 1))
        super().__init__(f"{message}\n{lines}")


def _cache_file() -> Path:
    """The wasmtime cache configuration: in the user's cache directory, or a temporary one if that is read-only."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backcourt" / "wasmtime"
    try:
        base.mkdir(parents=True, exist_ok=True)
        if not os.access(base, os.W_OK):
            raise PermissionError(base)
    except OSError:
        base = Path(tempfile.mkdtemp(prefix="backcourt-wasmtime-"))
    config = base / "cache.toml"
    text = f"[cache]\ndirectory = {str(base / 'modules')!r}\n"
    if not config.exists() or config.read_text(encoding="utf-8") != text:
        config.write_text(text, encoding="utf-8")
    return config


@functools.lru_cache(maxsize=1)
def service() -> Any:
    """The one service of the session, from a compiled module that is kept on disk."""
    from zetasql.core import wasm_client
    from zetasql.core.local_service import ZetaSqlLocalService

    plain = wasm_client.Config

    class CachedConfig(plain):  # type: ignore[valid-type]
        """The client's engine configuration with wasmtime's cache of compiled modules."""

        def __init__(self) -> None:
            """Point the engine at the cache before the client sets its own options."""
            super().__init__()
            self.cache = str(_cache_file())

    wasm_client.Config = CachedConfig
    try:
        return ZetaSqlLocalService.get_instance()
    finally:
        wasm_client.Config = plain


@functools.lru_cache(maxsize=1)
def language() -> Any:
    """BigQuery's language: every released feature but those BigQuery lacks, external names, QUALIFY on its own."""
    from zetasql import types

    service()
    options = types.LanguageOptions.maximum_features()
    options.product_mode = types.ProductMode.PRODUCT_EXTERNAL
    absent = {getattr(types.LanguageFeature, name) for name in _NOT_IN_BIGQUERY if hasattr(types.LanguageFeature, name)}
    options.enabled_language_features = [f for f in options.enabled_language_features if f not in absent]
    # As a reserved word, QUALIFY needs no WHERE, GROUP BY or HAVING beside it, as in BigQuery.
    options.reserved_keywords = ["QUALIFY"]
    return options


def type_from(name: str) -> Any:
    """Google's type for BigQuery's name: INT64, ARRAY<STRING>, STRUCT<a INT64, b DATE>."""
    from zetasql import types

    if name.startswith("ARRAY<"):
        element = type_from(name[6:-1])
        return types.Type(type_kind=int(types.TypeKind.TYPE_ARRAY), array_type=types.ArrayType(element_type=element))
    if name.startswith("STRUCT<"):
        fields = [part.strip().split(" ", 1) for part in name[7:-1].split(",")]
        made = [types.StructField(field_name=field, field_type=type_from(kind)) for field, kind in fields]
        return types.Type(type_kind=int(types.TypeKind.TYPE_STRUCT), struct_type=types.StructType(field=made))
    return types.Type(type_kind=int(getattr(types.TypeKind, _KINDS[name])))


def name_of(kind: Any) -> str:
    """BigQuery's name of a Google type."""
    name = str(getattr(kind.type_kind, "name", kind.type_kind))
    if name == "TYPE_ARRAY":
        return f"ARRAY<{name_of(kind.array_type.element_type)}>"
    if name == "TYPE_STRUCT":
        inner = ", ".join(f"{field.field_name} {name_of(field.field_type)}".strip() for field in kind.struct_type.field)
        return f"STRUCT<{inner}>"
    return _NAMES.get(name, name)


def _simple_table(table: Table, name: str) -> Any:
    from zetasql import types

    columns = [
        types.SimpleColumn(name=column.name, type=type_from(column.type), is_writable_column=True)
        for column in table.columns
    ]
    return types.SimpleTable(name=name, column=columns)


def catalog_from(
    tables: Iterable[Table], *, flat: bool = False, staged: Mapping[str, Mapping[str, str]] | None = None
) -> Catalog:
    """Google's catalog of the tables, as dataset.table, or as dataset__table if flat.

    Args:
        tables: Tables of Backcourt's catalog.
        flat: True for the evaluator, which knows no datasets.
        staged: Further tables: name in nba_staging, and type by column.
    """
    from zetasql import types

    catalog = types.SimpleCatalog(
        name="", builtin_function_options=types.ZetaSQLBuiltinFunctionOptions(language_options=language())
    )
    datasets: dict[str, Any] = {}
    for table in tables:
        if flat:
            catalog.table.append(_simple_table(table, f"{table.dataset}__{table.name}"))
            continue
        if table.dataset not in datasets:
            datasets[table.dataset] = types.SimpleCatalog(name=table.dataset)
            catalog.catalog.append(datasets[table.dataset])
        datasets[table.dataset].table.append(_simple_table(table, table.name))
    if staged:
        made = [
            types.SimpleTable(
                name=name, column=[types.SimpleColumn(name=c, type=type_from(kind)) for c, kind in columns.items()]
            )
            for name, columns in staged.items()
        ]
        catalog.catalog.append(types.SimpleCatalog(name="nba_staging", table=made))
    return catalog


def catalog_for(sql: str, tables: Iterable[Table], staged: Mapping[str, Mapping[str, str]] | None = None) -> Catalog:
    """The catalog of those tables and staged tables that a statement names.

    A catalog is sent with every statement: one of few tables is many times faster.
    """
    return catalog_from(
        [table for table in tables if table.full_name in sql],
        staged={name: columns for name, columns in (staged or {}).items() if name in sql},
    )


def _options(parameters: Mapping[str, str]) -> Any:
    from zetasql import types

    named = [types.AnalyzerOptions.QueryParameter(name=name, type=type_from(kind)) for name, kind in parameters.items()]
    return types.AnalyzerOptions(
        language_options=language(),
        query_parameters=named,
        default_timezone="UTC",
        error_message_mode=types.ErrorMessageMode.ERROR_MESSAGE_ONE_LINE,
    )


def analyze(sql: str, parameters: Mapping[str, str], catalog: Catalog) -> list[tuple[str, str]]:
    """Check a statement.

    Args:
        sql: One statement.
        parameters: BigQuery type of each named parameter.
        catalog: What ``catalog_from`` made.

    Returns:
        Name and type of each output column; none for a statement that returns no rows.

    Raises:
        RefusedError: Google's analyzer refuses the statement.
    """
    from google.protobuf.message import DecodeError
    from zetasql import types
    from zetasql.core.exceptions import ZetaSQLError
    from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2

    request = types.AnalyzeRequest(sql_statement=sql, options=_options(parameters), simple_catalog=catalog)
    try:
        # The library would make a Python object of every node of the resolved tree, which takes longer than the analysis.
        response = service().wasm_client.call_grpc_func(
            "ZetaSqlLocalService_Analyze", request.to_proto(), local_service_pb2.AnalyzeResponse
        )
    except ZetaSQLError as error:
        raise RefusedError(sql, str(error)) from error
    except DecodeError:
        # The analyzer accepted the statement, but its resolved tree is nested deeper than protobuf reads: an accepted
        # statement, whose columns are asked of the evaluator, which does not send the tree.
        return _prepared_columns(sql, parameters, catalog)
    resolved = response.resolved_statement
    if resolved.WhichOneof("node") != "resolved_query_stmt_node":
        return []
    columns = resolved.resolved_query_stmt_node.output_column_list
    return [(column.name, name_of(types.parse_proto(column.column.type))) for column in columns]


def _prepared_columns(sql: str, parameters: Mapping[str, str], catalog: Catalog) -> list[tuple[str, str]]:
    from zetasql import types

    flat = types.SimpleCatalog(name="", builtin_function_options=catalog.builtin_function_options)
    text, contents = sql, {}
    for dataset in catalog.catalog:
        for table in dataset.table:
            name = f"{dataset.name}__{table.name}"
            if re.search(rf"\b{dataset.name}\.{table.name}\b", text):
                text = re.sub(rf"\b{dataset.name}\.{table.name}\b", name, text)
                flat.table.append(types.SimpleTable(name=name, column=table.column))
                contents[name] = types.TableContent(table_data=types.TableData())
    prepared = (
        service()
        .prepare_query(sql=text, options=_options(parameters), simple_catalog=flat, table_content=contents)
        .prepared
    )
    service().unprepare_query(prepared_query_id=prepared.prepared_query_id)
    return [(column.name, name_of(column.type)) for column in prepared.columns]


def _encode(value: object, kind: str) -> Any:
    from zetasql import types

    if value is None:
        return types.Value()
    if kind.startswith("ARRAY<") and isinstance(value, Sequence):
        return types.Value(array_value=types.Value.Array(element=[_encode(item, kind[6:-1]) for item in value]))
    if kind == "DATE" and isinstance(value, date):
        return types.Value(date_value=(value - _EPOCH).days)
    if kind == "TIMESTAMP" and isinstance(value, datetime):
        from google.protobuf.timestamp_pb2 import Timestamp

        stamp = Timestamp()
        stamp.FromDatetime(value.astimezone(UTC).replace(tzinfo=None))
        return types.Value(timestamp_value=stamp)
    if kind == "FLOAT64":
        value = float(str(value))
    return types.Value(**{_VALUE_FIELDS[kind]: value})


def _decode(value: Any, kind: Any) -> object:
    """A Python value from the protobuf itself: the library's own models cannot tell an empty array from NULL."""
    field = value.WhichOneof("value")
    if field is None:
        return None
    raw = getattr(value, field)
    if field == "array_value":
        return [_decode(item, kind.array_type.element_type) for item in raw.element]
    if field == "struct_value":
        fields = kind.struct_type.field
        return {f.field_name: _decode(v, f.field_type) for f, v in zip(fields, raw.field, strict=True)}
    decoders = {
        "date_value": lambda: _EPOCH + timedelta(days=raw),
        "timestamp_value": lambda: raw.ToDatetime(tzinfo=UTC),
        "numeric_value": lambda: Decimal(int.from_bytes(raw, "little", signed=True)).scaleb(-9),
    }
    return decoders[field]() if field in decoders else raw


def evaluate(
    sql: str,
    tables: Sequence[tuple[Table, Sequence[Sequence[object]]]] = (),
    parameters: Mapping[str, tuple[str, object]] | None = None,
) -> list[tuple[object, ...]]:
    """The rows of a query by Google's reference evaluator; meant for small tables.

    Args:
        sql: A SELECT; tables are written dataset.table.
        tables: Each table with its rows, every row in the order of the table's columns.
        parameters: BigQuery type and value of each named parameter.

    Raises:
        RefusedError: Google's analyzer or evaluator refuses the statement.
    """
    from zetasql import types
    from zetasql.core.exceptions import ZetaSQLError
    from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2

    text = sql
    contents = {}
    for table, rows in tables:
        flat_name = f"{table.dataset}__{table.name}"
        text = re.sub(rf"\b{table.dataset}\.{table.name}\b", flat_name, text)
        cells = [
            types.TableData.Row(cell=[_encode(value, c.type) for value, c in zip(row, table.columns, strict=True)])
            for row in rows
        ]
        contents[flat_name] = types.TableContent(table_data=types.TableData(row=cells))
    given = parameters or {}
    bound = [types.Parameter(name=name, value=_encode(value, kind)) for name, (kind, value) in given.items()]
    try:
        prepared = (
            service()
            .prepare_query(
                sql=text,
                options=_options({name: kind for name, (kind, _) in given.items()}),
                simple_catalog=catalog_from([table for table, _ in tables], flat=True),
                table_content=contents,
            )
            .prepared
        )
        try:
            request = types.EvaluateQueryRequest(prepared_query_id=prepared.prepared_query_id, params=bound)
            result = service().wasm_client.call_grpc_func(
                "ZetaSqlLocalService_EvaluateQuery", request.to_proto(), local_service_pb2.EvaluateQueryResponse
            )
        finally:
            service().unprepare_query(prepared_query_id=prepared.prepared_query_id)
    except ZetaSQLError as error:
        raise RefusedError(sql, str(error)) from error
    kinds = [column.type for column in prepared.columns]
    rows_out = result.content.table_data.row
    return [tuple(_decode(v, k) for v, k in zip(row.cell, kinds, strict=True)) for row in rows_out]
