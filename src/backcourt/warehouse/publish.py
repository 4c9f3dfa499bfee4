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
from backcourt.warehouse.base import Parameters, PublishedRows, Rows, Session, Staged, Statement, ask_in_groups
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


@dataclass(frozen=True, slots=True)
class Publication:
    """Staged rows that are to replace a scope of a table.

    Attributes:
        table: Target.
        stage: The staged rows (see ``staged_select``).
        scope: The rows of the target that are replaced.
        stamps: ``now``: the time written to processed_at of new rows; without it they keep that of the stage.
        good: Condition on the stage that says which staged rows are written.
        restated: What the log says of the stored rows that change or go; None logs nothing.
    """

    table: Table
    stage: Staged | str
    scope: Scope
    stamps: Parameters
    good: str = "TRUE"
    restated: Restated | None = None

    def questions(self) -> tuple[Statement, ...]:
        """What has to be known before anything is written; the answers go to ``judged``."""
        table = self.table
        nulls = "".join(f", COUNTIF({name} IS NULL) AS {name}" for name in _required(table))
        joined = ", '|', ".join(hash_text(table.column(name)) for name in table.key)
        keys = f"COUNT(DISTINCT CONCAT({joined}))"
        counts = Statement(f"SELECT COUNT(*) AS n, {keys} AS distinct_keys{nulls} FROM {self.stage} WHERE {self.good}")
        if not table.hashed:
            return (counts,)
        # They are looked for first: a publication that need not look at them is several times as fast.
        stored = _SQL("distrusted", is_altered=altered(table, "t"), twice=self.twice(), **self._stored())
        return counts, Statement(stored, self.scope.parameters)

    def judged(self, session: Session, answers: Sequence[Rows]) -> Judged:
        """What the answers to ``questions`` say.

        Raises:
            AuditError: If a key repeats or a required column is NULL; nothing has been written then.
        """
        table = self.table
        rows, distinct, *missing = (int(str(value)) for value in answers[0][0])
        empty = [name for name, count in zip(_required(table), missing, strict=True) if count]
        if empty:
            raise AuditError(f"{table.full_name}: staged rows have NULL in required columns {', '.join(empty)}")
        if distinct < rows:
            key = ", ".join(table.key)
            twice = session.rows(
                f"SELECT {key}, COUNT(*) AS n FROM {self.stage} WHERE {self.good} GROUP BY {key} "
                "HAVING COUNT(*) > 1 LIMIT 3"
            )
            examples = "; ".join(", ".join(map(str, row[:-1])) for row in twice)
            raise AuditError(f"{table.full_name}: the key ({key}) repeats in staged rows, for example {examples}")
        here, twofold = answers[1][0] if table.hashed else (0, 0)
        return Judged(rows, distrusted=bool(here), doubled=bool(twofold))

    def statements(self, judged: Judged) -> list[Statement]:
        """The change log if there is one, then the removal, then the new rows."""
        table, stage, good, scope = self.table, self.stage, self.good, self.scope
        same_row = f"{self.same_key} AND s.data_hash = t.data_hash" if table.hashed else "FALSE"
        gone = f"NOT EXISTS (SELECT 1 FROM {stage} AS s WHERE {good} AND {same_row})"
        if judged.distrusted:
            gone = f"({altered(table, 't')} OR {gone})"
        if judged.doubled:
            same = " AND ".join(f"d.{name} = t.{name}" for name in table.key)
            gone = f"(EXISTS (SELECT 1 FROM ({self.twice()}) AS d WHERE {same}) OR {gone})"
        delete = Statement(
            f"DELETE FROM {table.full_name} AS t WHERE {scope.condition} AND {gone}",
            scope.parameters,
        )
        log = [self.change_log(self.restated, distrust=judged.distrusted)] if self.restated else []
        return [*log, delete, self.insertion()]

    def insertion(self) -> Statement:
        """The statement that adds the staged rows whose key the scope does not have."""
        table = self.table
        columns = [column.name for column in table.columns]
        stamped = "processed_at" in columns and "now" in self.stamps
        values = [
            "@now" if stamped and column.name == "processed_at" else column.stored("s") for column in table.columns
        ]
        sorted_by = dict.fromkeys([*filter(None, [table.partition]), *table.key])
        statement = _SQL(
            "insert_rows",
            columns=", ".join(columns),
            values=", ".join(values),
            staged=str(self.stage),
            good=self.good,
            same_key=self.same_key,
            sorted_by=", ".join(f"s.{name}" for name in sorted_by),
            **self._stored(),
        )
        return Statement(statement, {**self.scope.parameters, **(self.stamps if stamped else {})})

    @property
    def same_key(self) -> str:
        """Condition: a staged row (alias s) has the key of a stored one (alias t)."""
        return " AND ".join(f"s.{name} = t.{name}" for name in self.table.key)

    def done(self, judged: Judged, changed: Sequence[int]) -> PublishedRows:
        """What the transaction did that ran ``statements`` first; ``changed`` is what it returned."""
        removed, inserted, *_ = changed[1 if self.restated else 0 :]
        return PublishedRows(inserted=inserted, removed=removed, unchanged=judged.rows - inserted)

    def _stored(self) -> dict[str, str]:
        return {"target": self.table.full_name, "condition": self.scope.condition}

    def twice(self) -> str:
        """SELECT of the keys of the scope that repeat in the target."""
        return _SQL("twice", keys=", ".join(self.table.key), **self._stored())

    def change_log(self, restated: Restated, *, distrust: bool) -> Statement:
        """The statement that logs the rows of the scope that change or go; it runs before they do.

        Args:
            restated: What the log says of them.
            distrust: True if a stored row may not be what its hash says.
        """
        table = self.table
        date = f"t.{table.partition}" if table.partition else "CAST(NULL AS DATE)"
        names = ", ".join(f"t.{name}" for name in dict.fromkeys([*table.key, *filter(None, [table.partition])]))
        statement = _SQL(
            "log_restated",
            key=key_text(table, "t"),
            game_date=date,
            columns=names,
            is_altered=altered(table, "t") if distrust else "FALSE",
            content=content_hash(table, "t") if distrust else "''",
            staged=str(self.stage),
            good=self.good,
            same_key=self.same_key,
            logged=restated.only,
            **self._stored(),
        )
        values: Parameters = {"reason": restated.reason, "run_id": restated.run_id, "now": restated.now}
        return Statement(statement, {**self.scope.parameters, **values})


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a publication before it is carried out.

    Attributes:
        rows: Staged rows that are written.
        distrusted: True if stored rows of the scope are not what their hashes say.
        doubled: True if keys of the scope repeat in the target.
    """

    rows: int
    distrusted: bool
    doubled: bool


def _required(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.required and column.name not in STAMPS]


def broken_dates(table: Table, stage: str, good: str) -> str:
    """SELECT of the dates whose staged rows do not pass ``audit``, and why: game_date, reason.

    Args:
        table: Target; it has a partition.
        stage: The staged rows.
        good: Condition on the staged rows that count.
    """
    nulls = ", ".join(f"IF(COUNTIF({name} IS NULL) > 0, ', {name}', '')" for name in _required(table))
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


def judge(session: Session, publications: Sequence[Publication]) -> list[Judged]:
    """What has to be known of publications before they are carried out, asked at once.

    Raises:
        AuditError: If staged rows cannot be published.
    """
    answers = ask_in_groups(session, [publication.questions() for publication in publications])
    return [publication.judged(session, own) for publication, own in zip(publications, answers, strict=True)]


def publish(session: Session, publication: Publication, also: Sequence[Statement] = ()) -> PublishedRows:
    """Replace the scope of a table by the staged rows in one transaction, together with further statements.

    Args:
        session: An open session that can write.
        publication: What is published.
        also: Statements that belong to the same transaction.

    Returns:
        The rows inserted, removed and left alone.

    Raises:
        AuditError: If the staged rows cannot be published; nothing has been written then.
    """
    return publish_together(session, [publication], also)[0]


def publish_together(
    session: Session, publications: Sequence[Publication], also: Sequence[Statement] = ()
) -> list[PublishedRows]:
    """Publish several tables in one transaction; see ``publish``."""
    judged = judge(session, publications)
    own = [one.statements(known) for one, known in zip(publications, judged, strict=True)]
    changed = iter(session.transaction([*(statement for each in own for statement in each), *also]))
    counts = [[next(changed) for _ in each] for each in own]
    return [one.done(known, count) for one, known, count in zip(publications, judged, counts, strict=True)]
