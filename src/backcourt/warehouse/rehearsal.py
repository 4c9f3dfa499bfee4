"""A session that carries nothing out: it takes down what a step would send, so that its price can be told before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backcourt.warehouse.base import STAGING, Parameters, Rows, Session, Staged, Statement

if TYPE_CHECKING:
    import pyarrow as pa


class Rehearsal:
    """Takes statements down; see ``backcourt.warehouse.base.Session``.

    A question over rows is answered with none, and one that counts them with zeros.

    Attributes:
        sent: The statements of each job, in order.
    """

    clock = "@now"

    def __init__(self) -> None:
        """Nothing has been sent yet."""
        self.sent: list[list[Statement]] = []
        self._stages: list[Statement] = []

    def query(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """No rows."""
        import pyarrow as pa

        self._send(Statement(sql, parameters or {}))
        return pa.table({})

    def rows(self, sql: str, parameters: Parameters | None = None) -> Rows:
        """No rows, or one of zeros."""
        return self.ask(Statement(sql, parameters or {}))[0]

    def ask(self, *questions: Statement) -> list[Rows]:
        """For each question no rows, or one of zeros."""
        self._send(*questions)
        return [_zeros(question.sql) for question in questions]

    def stage_query(self, name: str, sql: str, parameters: Parameters | None = None) -> Staged:
        """A table that is sent with the next job."""
        self._stages.append(Statement(sql, parameters or {}))
        return Staged(f"{STAGING}.{name}", int)

    def discard(self, *staged: Staged) -> None:
        """Nothing."""

    def stage_arrow(self, name: str, data: pa.Table, types: Mapping[str, str] | None = None) -> str:
        """A load, which costs nothing."""
        del data, types
        return f"{STAGING}.{name}"

    def stage_parquet(self, name: str, path: Path, types: Mapping[str, str]) -> str:
        """A load, which costs nothing."""
        del path, types
        return f"{STAGING}.{name}"

    def scanned(self, statement: Statement) -> int:
        """0: nobody is asked."""
        del statement
        return 0

    def settle(self, run_ids: Sequence[str]) -> None:
        """Nothing."""

    def interrupt(self) -> None:
        """Nothing."""

    @contextmanager
    def worker(self) -> Iterator[Session]:
        """This session."""
        yield self

    def transaction(self, statements: Sequence[Statement]) -> list[int]:
        """No rows changed."""
        self._send(*statements)
        return [0] * len(statements)

    def _send(self, *statements: Statement) -> None:
        self.sent.append([*self._stages, *statements])
        self._stages = []


def _zeros(sql: str) -> Rows:
    """One row of zeros for a SELECT that gives one row whatever is stored, none for any other."""
    from sqlglot import exp, parse_one

    tree = parse_one(sql, dialect="bigquery")
    if not isinstance(tree, exp.Select) or tree.args.get("group"):
        return []
    counts = tree.args.get("from_") is None or any(column.find(exp.AggFunc) for column in tree.expressions)
    return [(0,) * len(tree.expressions)] if counts else []
