"""Tables and columns: dotted names in code spans, and queries wherever a page shows them, against the schema."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from docref.model import Judgement, Kind, Outcome, Snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_DOTTED = re.compile(r"[a-z_][\w-]*(?:\.[A-Za-z_]\w*){1,2}")
_QUERY = re.compile(r"\s*(?:SELECT|WITH)\s", re.IGNORECASE)
_QUOTED = re.compile(r"""(?s)(["'])(\s*(?:SELECT|WITH)\s(?:(?!\1).)*)\1""")
_NO_COLUMN = frozenset(
    ["csv", "db", "duckdb", "html", "ipynb", "json", "md", "parquet", "py", "sh", "sql", "toml", "txt", "yaml", "yml"]
)
_LONGEST = 50_000
_ALIKE = 0.8


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge the tables and columns of a snippet; nothing is said where no schema is configured."""
    if not repository.config.schema or not repository.tables:
        return
    if snippet.kind is Kind.CODE and _DOTTED.fullmatch(snippet.text):
        yield from _dotted(snippet, repository)
        return
    for query, start in _queries(snippet):
        if len(query) > _LONGEST:
            yield _said(snippet, "table", "query", Outcome.UNKNOWN, "not judged: too long a query", start)
            continue
        from docref import queries  # the SQL parser is heavy, and most pages hold no SQL

        for reference in queries.references(query, repository.tables):
            yield _said(
                snippet,
                reference.rule,
                reference.ref,
                reference.outcome,
                reference.message,
                start + reference.start,
                repository.nearest(reference.ref.rpartition(".")[2], reference.known)
                if reference.outcome is Outcome.MISSING
                else "",
            )


def _said(
    snippet: Snippet, rule: str, ref: str, outcome: Outcome, message: str = "", start: int = 0, near: str = ""
) -> Judgement:
    before = snippet.text[:start]
    offset = before.count("\n")
    column = start - (before.rfind("\n") + 1) + 1
    if offset == 0 or snippet.kind in {Kind.FENCE, Kind.CELL}:
        column += snippet.column - 1
    return Judgement(rule, ref, outcome, snippet.path, snippet.line_of(offset), column, message, near)


def _queries(snippet: Snippet) -> Iterator[tuple[str, int]]:
    """Each query of a snippet and where in its text it starts."""
    text = snippet.text
    if snippet.kind not in {Kind.CODE, Kind.FENCE, Kind.CELL}:
        return
    if snippet.language in {"sql", "bigquery", "googlesql", "duckdb"} or _QUERY.match(text):
        yield text, 0
    elif snippet.language in {"python", "py"}:
        yield from _in_python(text)
    else:
        for found in _QUOTED.finditer(text):
            yield found[2], found.start(2)


def _in_python(text: str) -> Iterator[tuple[str, int]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in inside:
            continue
        if _QUERY.match(node.value):
            start = starts[node.lineno - 1]
            found = text.find(node.value, start)
            yield node.value, found if found >= 0 else start + node.col_offset


def _dotted(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    tables = repository.tables
    datasets = {name.partition(".")[0] for name in tables}
    short: dict[str, set[str]] = {}
    for name, columns in tables.items():
        short.setdefault(name.rpartition(".")[2], set()).update(columns)
    parts = snippet.text.split(".")
    if len(parts) == 3 and parts[0] not in datasets:  # noqa: PLR2004 - project.dataset.table
        parts = parts[1:] if parts[1] in datasets else []
    if not parts:
        return
    first, second, *third = parts
    if first in datasets:
        table = f"{first}.{second}"
        if table not in tables:
            near = repository.nearest(table, tables)
            yield _said(snippet, "table", snippet.text, Outcome.MISSING, f"no table '{table}' in the schema", 0, near)
            return
        yield _said(snippet, "table", table, Outcome.GOOD)
        if third:
            yield _column(snippet, table, third[0], tables[table], repository)
    elif first in short and second not in _NO_COLUMN:
        yield _column(snippet, first, second, short[first], repository)
    elif second in short or any(second in columns for columns in short.values()):
        known = datasets if second in short else set(short)
        near = repository.nearest(first, known)
        if near and (second in short or repository.alike(first, near) >= _ALIKE):
            what = "dataset" if second in short else "table"
            yield _said(snippet, "table", snippet.text, Outcome.MISSING, f"no {what} '{first}' in the schema", 0, near)


def _column(
    snippet: Snippet, table: str, column: str, columns: frozenset[str] | set[str], repository: Repository
) -> Judgement:
    if column in columns:
        return _said(snippet, "column", snippet.text, Outcome.GOOD)
    near = repository.nearest(column, columns)
    return _said(snippet, "column", snippet.text, Outcome.MISSING, f"no column '{column}' in '{table}'", 0, near)
