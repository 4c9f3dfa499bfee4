"""Statements as a project's jobs need them: full table names, and parameters told apart; literals are never touched.

Names are rewritten on tokens. A statement may hold 'nba_analytics.player_game_summary' as a text, in a comment, or as a
table: only the last becomes a name of the project.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcourt.catalog import TABLES
from backcourt.errors import QueryError
from backcourt.warehouse.base import STAGING, Statement, Value

if TYPE_CHECKING:
    from google.cloud import bigquery

_DATASETS = frozenset({table.dataset for table in TABLES} | {STAGING})


def address(project: str) -> str:
    """A project's warehouse, as people name it."""
    return f"bigquery://{project}"


@dataclass(frozen=True, slots=True)
class Names:
    """Where tables are.

    Attributes:
        project: The project that holds the data.
        prefix: What every dataset's name begins with; "" if they are called as in the catalog.
        suffix: What a session's staged tables end with, so that no other session's are meant.
    """

    project: str
    prefix: str = ""
    suffix: str = ""

    def dataset(self, name: str) -> str:
        """A dataset's name in the project."""
        return f"{self.prefix}{name}"

    def table(self, full_name: str) -> str:
        """project.dataset.table of dataset.table."""
        dataset, _, name = full_name.partition(".")
        ending = self.suffix if dataset == STAGING else ""
        return f"{self.project}.{self.dataset(dataset)}.{name}{ending}"

    def qualified(self, sql: str) -> str:
        """The statement with the full name of every table."""
        parts, place = [], 0
        for start, end, full_name in _tables(sql):
            parts += [sql[place:start], f"`{self.table(full_name)}`"]
            place = end
        return "".join([*parts, sql[place:]])


def field_of(name: str, kind: str, *, required: bool = False, description: str = "") -> bigquery.SchemaField:
    """A column of the service: a list is REPEATED, which cannot be required."""
    from google.cloud import bigquery

    inner = kind.removeprefix("ARRAY<").removesuffix(">")
    mode = "REPEATED" if inner != kind else "REQUIRED" if required else "NULLABLE"
    return bigquery.SchemaField(name, inner, mode=mode, description=description)


def together(questions: Sequence[Statement]) -> Statement:
    """One SELECT of one row: for each question an array of its rows.

    Raises:
        QueryError: If a question has a column without a name.
    """
    from sqlglot import exp, parse_one

    arrays: list[str] = []
    values: dict[str, Value] = {}
    for number, question in enumerate(questions):
        tree = parse_one(question.sql, dialect="bigquery")
        names = tree.named_selects if isinstance(tree, exp.Query) else []
        if not names or {"", "*"} & set(names):
            raise QueryError("a question has a column without a name", next_step=question.sql[:80])
        columns = ", ".join(f"q.`{name}`" for name in names)
        one, own = renamed(question, number)
        values |= own
        arrays.append(f"ARRAY(SELECT AS STRUCT {columns} FROM (\n{one}\n) AS q) AS rows_{number}")
    return Statement(f"SELECT {', '.join(arrays)}", values)


def renamed(statement: Statement, number: int) -> tuple[str, dict[str, Value]]:
    """A statement whose parameters end with a number, so that they can stand beside others', and their values.

    Raises:
        QueryError: If a parameter has no value.
    """
    names = {name: f"{name}_{number}" for name in parameters_of(statement.sql)}
    lacking = sorted(set(names) - set(statement.parameters))
    if lacking:
        valid = sorted(statement.parameters)
        raise QueryError(f"no value for parameter @{lacking[0]}", valid=valid, next_step=statement.sql[:80])
    sql = with_parameters(statement.sql, names).rstrip().rstrip(";")
    return sql, {called: statement.parameters[name] for name, called in names.items()}


def unsorted(sql: str) -> str:
    """An INSERT without its last ORDER BY: one worker of the service would sort the rows, for nothing."""
    tokens = _tokens(sql)
    if not tokens or tokens[0][0] != "insert":
        return sql
    depth, place = 0, None
    for kind, start, _ in tokens:
        depth += {"(": 1, ")": -1}.get(kind, 0)
        if depth == 0 and kind in {"order by", "limit"}:
            place = start if kind == "order by" else None
    return sql if place is None else sql[:place].rstrip()


def parameters_of(sql: str) -> frozenset[str]:
    """The named parameters that stand in a statement."""
    return frozenset(sql[start + 1 : end] for start, end in _parameters(sql))


def with_parameters(sql: str, names: Mapping[str, str]) -> str:
    """The statement with its parameters called otherwise."""
    parts, place = [], 0
    for start, end in _parameters(sql):
        parts += [sql[place:start], f"@{names[sql[start + 1 : end]]}"]
        place = end
    return "".join([*parts, sql[place:]])


def tables_of(sql: str) -> tuple[str, ...]:
    """Full name of every table that a statement names, as often as it does."""
    return tuple(name for _, _, name in _tables(sql))


@functools.lru_cache(maxsize=512)
def _tables(sql: str) -> tuple[tuple[int, int, str], ...]:
    """Start, end and full name of every table that a statement names."""
    tokens = _tokens(sql)
    found = []
    for number in range(len(tokens) - 2):
        (kind, start, _), (dot, _, _), (_, _, end) = tokens[number : number + 3]
        before = tokens[number - 1][0] if number else ""
        word = sql[start : tokens[number][2]].strip("`")
        if kind == "name" and dot == "." and before != "." and word in _DATASETS:
            found.append((start, end, f"{word}.{sql[tokens[number + 2][1] : end].strip('`')}"))
    return tuple(found)


@functools.lru_cache(maxsize=512)
def _parameters(sql: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every parameter, with its @."""
    # Side by side with a name after it, and no second @ before it: @@row_count is the service's own.
    found = itertools.pairwise([("", 0, 0), *_tokens(sql)])
    pairs = itertools.pairwise(found)
    return tuple(
        (at[1], name[2])
        for (before, at), (_, name) in pairs
        if at[0] == "@" and name[0] == "name" and at[2] == name[1] and (before[0] != "@" or before[2] != at[1])
    )


@functools.lru_cache(maxsize=512)
def _tokens(sql: str) -> tuple[tuple[str, int, int], ...]:
    """Kind, start and end of every token; "" for a kind that nobody asks for."""
    from sqlglot.dialects.bigquery import BigQuery
    from sqlglot.tokenizer_core import TokenType

    kinds = {
        TokenType.VAR: "name",
        TokenType.IDENTIFIER: "name",
        TokenType.DOT: ".",
        TokenType.PARAMETER: "@",
        TokenType.L_PAREN: "(",
        TokenType.R_PAREN: ")",
        TokenType.INSERT: "insert",
        TokenType.ORDER_BY: "order by",
        TokenType.LIMIT: "limit",
    }
    return tuple((kinds.get(token.token_type, ""), token.start, token.end + 1) for token in BigQuery().tokenize(sql))
