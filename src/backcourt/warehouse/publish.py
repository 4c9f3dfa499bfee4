"""Stage, audit, publish: the statements that put computed rows into a table and leave unchanged rows alone.

Everything is BigQuery's SQL, built from the catalog; both engines run the same statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backcourt.catalog.model import STAMPS, Table
from backcourt.catalog.views import SqlFiles
from backcourt.errors import AuditError
from backcourt.warehouse.base import Parameters, PublishedRows, Session, Staged, Statement
from backcourt.warehouse.content import altered, content_hash, hash_text, in_last_decimal, key_text, row_hash

_SQL = SqlFiles("backcourt.warehouse")


def staged_select(table: Table, sql: str, extra: Sequence[str]) -> str:
    """The SELECT that stages a computation: rounded columns, row hash, and the extra columns as they are.

    A float is rounded by way of the integer of its last decimal, ROUND(x * 100) / 100: multiplication, rounding to an
    integer and division give the same bits on every engine, and the integer goes into the hash.

    Args:
        table: Target.
        sql: A SELECT that returns the table's business columns and ``extra``.
        extra: Names of the columns that are not the table's, such as failure_category.
    """
    columns = table.business_columns
    inner = [
        f"{in_last_decimal(column)} AS {column.name}" if column.type == "FLOAT64" else column.name for column in columns
    ]
    outer = [
        f"SAFE_DIVIDE({column.name}, {10 ** (column.decimals or 0)}) AS {column.name}"
        if column.type == "FLOAT64"
        else column.name
        for column in columns
    ]
    digest = [f"{row_hash(columns, table.salt)} AS data_hash"] if table.hashed else []
    return (
        f"SELECT {', '.join([*outer, *extra, *digest])} FROM (SELECT {', '.join([*inner, *extra])} FROM (\n"
        f"{sql.strip().rstrip(';')}\n))"
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows of the target a publication replaces: those that match and are not computed again go.

    Attributes:
        condition: SQL condition on the target's columns (alias t).
        parameters: The parameters that stand in it.
    """

    condition: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Restated:
    """What the change log says of the stored rows that a publication changes or removes.

    Attributes:
        run_id: The run.
        now: When (UTC).
        reason: Why.
        only: Condition on the staged rows (alias s) that says which changes are logged.
    """

    run_id: str
    now: datetime
    reason: str
    only: str = "TRUE"


def audit(session: Session, table: Table, stage: str, good: str) -> int:
    """Check the key and the required columns of the staged rows; returns how many rows there are.

    Raises:
        AuditError: If a key repeats or a required column is NULL; nothing has been written then.
    """
    required = [column.name for column in table.columns if column.required and column.name not in STAMPS]
    nulls = ", ".join(f"COUNTIF({name} IS NULL) AS {name}" for name in required)
    joined = ", '|', ".join(hash_text(table.column(name)) for name in table.key)
    keys = f"COUNT(DISTINCT CONCAT({joined}))"
    counted = session.rows(f"SELECT COUNT(*) AS n, {keys} AS distinct_keys, {nulls} FROM {stage} WHERE {good}")[0]
    rows, distinct, *missing = (int(str(value)) for value in counted)
    empty = [name for name, count in zip(required, missing, strict=True) if count]
    if empty:
        raise AuditError(f"{table.full_name}: staged rows have NULL in required columns {', '.join(empty)}")
    if distinct < rows:
        key = ", ".join(table.key)
        twice = session.rows(
            f"SELECT {key}, COUNT(*) AS n FROM {stage} WHERE {good} GROUP BY {key} HAVING COUNT(*) > 1 LIMIT 3"
        )
        examples = "; ".join(", ".join(map(str, row[:-1])) for row in twice)
        raise AuditError(f"{table.full_name}: the key ({key}) repeats in staged rows, for example {examples}")
    return rows


def broken_dates(table: Table, stage: str, good: str) -> str:
    """SELECT of the dates whose staged rows do not pass ``audit``, and why: game_date, reason.

    Args:
        table: Target; it has a partition.
        stage: The staged rows.
        good: Condition on the staged rows that count.
    """
    required = [column.name for column in table.columns if column.required and column.name not in STAMPS]
    nulls = ", ".join(f"IF(COUNTIF({name} IS NULL) > 0, ', {name}', '')" for name in required)
    keys = ", ".join(table.key)
    example = ", ', ', ".join(f"CAST({name} AS STRING)" for name in table.key)
    return _SQL(
        "broken_dates",
        date_column=str(table.partition),
        staged=stage,
        good=good,
        lacking=nulls,
        keys=keys,
        example=example,
    )


def publish(
    session: Session,
    table: Table,
    stage: Staged | str,
    scope: Scope,
    *,
    good: str = "TRUE",
    stamps: Parameters,
    restated: Restated | None = None,
    also: Sequence[Statement] = (),
) -> PublishedRows:
    """Replace the scope of a table by the staged rows in one transaction.

    Args:
        session: An open session that can write.
        table: Target.
        stage: The staged rows (see ``staged_select``).
        scope: The rows of the target that are replaced.
        good: Condition on the stage that says which staged rows are written.
        stamps: ``now``: the time written to processed_at of new rows.
        restated: Log the stored rows that change or go, and why; None logs nothing.
        also: Statements that belong to the same transaction (failures, ledger).

    Returns:
        The rows inserted, removed and left alone.
    """
    statements, staged = publication(
        session, table, stage, scope, good=good, stamps=stamps, restated=restated, also=also
    )
    removed, inserted, *_ = session.transaction(statements)[1 if restated else 0 :]
    return PublishedRows(inserted=inserted, removed=removed, unchanged=staged - inserted)


def publication(
    session: Session,
    table: Table,
    stage: Staged | str,
    scope: Scope,
    *,
    good: str = "TRUE",
    stamps: Parameters,
    restated: Restated | None = None,
    also: Sequence[Statement] = (),
) -> tuple[list[Statement], int]:
    """The statements of ``publish``, for a transaction that holds more, and how many rows are staged.

    The change log comes first if there is one, then the removal, then the new rows, then ``also``.

    Raises:
        AuditError: If the staged rows cannot be published.
    """
    staged = audit(session, table, str(stage), good)
    same_key = " AND ".join(f"s.{name} = t.{name}" for name in table.key)
    same_row = f"{same_key} AND s.data_hash = t.data_hash" if table.hashed else "FALSE"
    columns = [column.name for column in table.columns]
    values = ", ".join("@now" if name == "processed_at" else f"s.{name}" for name in columns)
    sorted_by = dict.fromkeys([*([table.partition] if table.partition else []), *table.key])
    order = ", ".join(f"s.{name}" for name in sorted_by)
    gone = f"NOT EXISTS (SELECT 1 FROM {stage} AS s WHERE {good} AND {same_row})"
    distrusted, doubled = _distrusted(session, table, scope)
    for fault in filter(None, (distrusted, doubled)):
        gone = f"({fault} OR {gone})"
    delete = Statement(
        f"DELETE FROM {table.full_name} AS t WHERE {scope.condition} AND {gone}",
        scope.parameters,
    )
    insert = Statement(
        _SQL(
            "insert_rows",
            target=table.full_name,
            columns=", ".join(columns),
            values=values,
            staged=str(stage),
            good=good,
            condition=scope.condition,
            same_key=same_key,
            sorted_by=order,
        ),
        {**scope.parameters, **stamps} if "processed_at" in columns else scope.parameters,
    )
    log = [
        _log(table, str(stage), good, scope, restated, distrust=bool(distrusted))
        for restated in ([restated] if restated else [])
    ]
    return [*log, delete, insert, *also], staged


def _distrusted(session: Session, table: Table, scope: Scope) -> tuple[str, str]:
    """Conditions on rows of the scope (alias t): not what their hashes say, and of a key that repeats; "" without any.

    They are looked for first: a publication that need not look at them is several times as fast.
    """
    if not table.hashed:
        return "", ""
    condition, keys = altered(table, "t"), ", ".join(table.key)
    parts = {"target": table.full_name, "condition": scope.condition}
    twice = _SQL("twice", keys=keys, **parts)
    here, twofold = session.rows(_SQL("distrusted", is_altered=condition, twice=twice, **parts), scope.parameters)[0]
    same = " AND ".join(f"d.{name} = t.{name}" for name in table.key)
    return condition if here else "", f"EXISTS (SELECT 1 FROM ({twice}) AS d WHERE {same})" if twofold else ""


def _log(table: Table, staged: str, good: str, scope: Scope, restated: Restated, *, distrust: bool) -> Statement:
    """The statement that logs the rows of the scope that change or go; it runs before they do."""
    same_key = " AND ".join(f"s.{name} = t.{name}" for name in table.key)
    date = f"t.{table.partition}" if table.partition else "CAST(NULL AS DATE)"
    names = ", ".join(f"t.{name}" for name in dict.fromkeys([*table.key, *filter(None, [table.partition])]))
    statement = _SQL(
        "log_restated",
        target=table.full_name,
        key=key_text(table, "t"),
        game_date=date,
        columns=names,
        is_altered=altered(table, "t") if distrust else "FALSE",
        content=content_hash(table, "t") if distrust else "''",
        condition=scope.condition,
        staged=staged,
        good=good,
        same_key=same_key,
        logged=restated.only,
    )
    values: Parameters = {"reason": restated.reason, "run_id": restated.run_id, "now": restated.now}
    return Statement(statement, {**scope.parameters, **values})
