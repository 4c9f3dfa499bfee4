"""Stage, audit, publish: the statements that put computed rows into a table and leave unchanged rows alone.

Everything is BigQuery's SQL, built from the catalog; both engines run the same statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backcourt.catalog.model import STAMPS, Column, Table
from backcourt.errors import AuditError
from backcourt.warehouse.base import Parameters, Published, Session, Statement

_HASH_DIGITS = 16


def hash_text(column: Column) -> str:
    """SQL text of one column inside the row hash: the same characters on every engine.

    A float becomes the integer of its last decimal, because engines print floats differently.
    """
    name = column.name
    if column.type == "ARRAY<FLOAT64>" and column.length is not None:
        parts = [_scaled(f"{name}[SAFE_OFFSET({i})]", column.decimals or 0) for i in range(column.length)]
        return "CONCAT(" + ", ',', ".join(f"COALESCE({part}, '')" for part in parts) + ")"
    if column.type in {"ARRAY<STRING>", "ARRAY<INT64>"}:
        if column.type == "ARRAY<STRING>":
            return f"ARRAY_TO_STRING({name}, ',')"
        return f"ARRAY_TO_STRING(ARRAY(SELECT CAST(e AS STRING) FROM UNNEST({name}) AS e WITH OFFSET AS o ORDER BY o), ',')"
    if column.type == "FLOAT64":
        return _scaled(name, column.decimals or 0)
    if column.type == "STRING":
        return name
    if column.type == "TIMESTAMP":
        return f"FORMAT('%d', UNIX_MICROS({name}))"
    if column.type == "DATE":
        return f"FORMAT('%d', UNIX_DATE({name}))"
    if column.type == "BOOL":
        return f"CASE WHEN {name} THEN '1' WHEN NOT {name} THEN '0' END"
    return f"FORMAT('%d', {name})"


def _scaled(expression: str, decimals: int) -> str:
    return f"FORMAT('%d', CAST(ROUND({expression} * {10**decimals}) AS INT64))"


def row_hash(columns: Sequence[Column]) -> str:
    """SQL of the row hash over columns, in their order; a NULL differs from an empty text."""
    parts = [hash_text(column) if column.required else f"COALESCE({hash_text(column)}, '~')" for column in columns]
    joined = ", '|', ".join(parts)
    return f"SUBSTR(TO_HEX(SHA256(CONCAT({joined}))), 1, {_HASH_DIGITS})"


def rounded(column: Column) -> str:
    """SQL of one column with its catalog decimals."""
    if column.type == "FLOAT64":
        # The + 0.0 turns a negative zero into zero: both print differently and compare equal.
        return f"ROUND({column.name}, {column.decimals}) + 0.0 AS {column.name}"
    return column.name


def staged_select(table: Table, sql: str, extra: Sequence[str]) -> str:
    """The SELECT that stages a computation: rounded columns, row hash, and the extra columns as they are.

    Args:
        table: Target.
        sql: A SELECT that returns the table's business columns and ``extra``.
        extra: Names of the columns that are not the table's, such as failure_category.
    """
    columns = table.business_columns
    names = ", ".join([*(rounded(column) for column in columns), *extra])
    outer = ", ".join([*(column.name for column in columns), *extra])
    digest = f", {row_hash(columns)} AS data_hash" if table.hashed else ""
    return f"SELECT {outer}{digest} FROM (SELECT {names} FROM (\n{sql.strip().rstrip(';')}\n))"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows of the target a publication replaces: those that match and are not computed again go.

    Attributes:
        condition: SQL condition on the target's columns (alias t).
        parameters: The parameters that stand in it.
    """

    condition: str
    parameters: Parameters


def audit(session: Session, table: Table, stage: str, good: str) -> int:
    """Check the key and the required columns of the staged rows; returns how many rows there are.

    Raises:
        AuditError: If a key repeats or a required column is NULL; nothing has been written then.
    """
    required = [column.name for column in table.columns if column.required and column.name not in STAMPS]
    nulls = ", ".join(f"COUNTIF({name} IS NULL) AS {name}" for name in required)
    counted = session.rows(f"SELECT COUNT(*) AS n, {nulls} FROM {stage} WHERE {good}")[0]
    empty = [name for name, count in zip(required, counted[1:], strict=True) if count]
    if empty:
        raise AuditError(f"{table.full_name}: staged rows have NULL in required columns {', '.join(empty)}")
    key = ", ".join(table.key)
    twice = session.rows(
        f"SELECT {key}, COUNT(*) AS n FROM {stage} WHERE {good} GROUP BY {key} HAVING COUNT(*) > 1 LIMIT 3"
    )
    if twice:
        examples = "; ".join(", ".join(map(str, row[:-1])) for row in twice)
        raise AuditError(f"{table.full_name}: the key ({key}) repeats in staged rows, for example {examples}")
    return int(str(counted[0]))


def publish(
    session: Session,
    table: Table,
    stage: str,
    scope: Scope,
    *,
    good: str = "TRUE",
    stamps: Parameters,
    also: Sequence[Statement] = (),
) -> Published:
    """Replace the scope of a table by the staged rows in one transaction.

    Args:
        session: An open session that can write.
        table: Target.
        stage: Full name of the staged rows (see ``staged_select``).
        scope: The rows of the target that are replaced.
        good: Condition on the stage that says which staged rows are written.
        stamps: ``now``: the time written to processed_at of new rows.
        also: Statements that belong to the same transaction (failures, ledger).

    Returns:
        The rows inserted, removed and left alone.
    """
    staged = audit(session, table, stage, good)
    same_key = " AND ".join(f"s.{name} = t.{name}" for name in table.key)
    same_row = f"{same_key} AND s.data_hash = t.data_hash" if table.hashed else "FALSE"
    columns = [column.name for column in table.columns]
    values = ", ".join("@now" if name == "processed_at" else f"s.{name}" for name in columns)
    order = ", ".join(
        f"s.{name}" for name in dict.fromkeys([*([table.partition] if table.partition else []), *table.key])
    )
    delete = Statement(
        f"DELETE FROM {table.full_name} AS t WHERE {scope.condition} AND NOT EXISTS "
        f"(SELECT 1 FROM {stage} AS s WHERE {good} AND {same_row})",
        scope.parameters,
    )
    insert = Statement(
        f"INSERT INTO {table.full_name} ({', '.join(columns)}) SELECT {values} FROM {stage} AS s WHERE {good} "
        f"AND NOT EXISTS (SELECT 1 FROM {table.full_name} AS t WHERE {scope.condition} AND {same_key}) ORDER BY {order}",
        {**scope.parameters, **stamps} if "processed_at" in columns else scope.parameters,
    )
    removed, inserted, *_ = session.transaction([delete, insert, *also])
    return Published(inserted=inserted, removed=removed, unchanged=staged - inserted)
