"""SQL queries taken apart: each table and column with what the schema knows about it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from docref.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot read is said by us

_FOREIGN = frozenset({"information_schema", "pg_catalog", "duckdb"})


@dataclass(frozen=True, slots=True)
class Reference:
    """One table or column of a query.

    Attributes:
        rule: "table" or "column".
        ref: As written.
        outcome: What was found out.
        message: Why, unless it exists.
        start: Where in the query it stands.
        known: What it could have been.
    """

    rule: str
    ref: str
    outcome: Outcome
    message: str = ""
    start: int = 0
    known: frozenset[str] = field(default=frozenset(), repr=False)


def references(query: str, tables: Mapping[str, frozenset[str]]) -> Iterator[Reference]:
    """Judge every table and column of a text of SQL statements in BigQuery's dialect."""
    try:
        trees = [tree for tree in sqlglot.parse(query, read="bigquery") if tree is not None]
        yield from [each for tree in trees for each in _Judge(tree, trees, tables).references()]
    except (SqlglotError, RecursionError) as error:
        reason = str(error).split("\n", 1)[0] or type(error).__name__
        yield Reference("table", "query", Outcome.UNKNOWN, f"not judged: not BigQuery SQL: {reason}")


class _Judge:
    def __init__(self, tree: exp.Expr, trees: list[exp.Expr], tables: Mapping[str, frozenset[str]]) -> None:
        self._tree = tree
        self._tables = tables
        self._short: dict[str, set[str]] = {}
        for name, columns in tables.items():
            self._short.setdefault(name.rpartition(".")[2], set()).update(columns)
        self._own = {
            table.name for each in trees for create in each.find_all(exp.Create) if (table := create.find(exp.Table))
        }
        self._own |= {cte.alias for each in trees for cte in each.find_all(exp.CTE)}

    def references(self) -> Iterator[Reference]:
        for table in self._tree.find_all(exp.Table):
            yield from self._table(table)
        for query in self._tree.find_all(exp.Query):
            if query.find_ancestor(exp.Query) is None:
                for scope in traverse_scope(query):
                    yield from self._columns(scope)

    def _table(self, table: exp.Table) -> Iterator[Reference]:
        if not isinstance(table.this, exp.Identifier) or (not table.db and table.name in self._own):
            return
        name = f"{table.db}.{table.name}" if table.db else table.name
        start = int(table.this.meta.get("start", 0))
        if table.db.lower() in _FOREIGN or table.catalog.lower() in _FOREIGN or "information_schema" in name.lower():
            yield Reference("table", name, Outcome.SKIPPED, "not in the schema", start)
        elif self._known_columns(table) is not None or table.name in self._own or self._is_path(table):
            yield Reference("table", name, Outcome.GOOD, "", start)
        else:
            message = f"no table '{name}' in the schema"
            known = frozenset(self._tables) | frozenset(self._short)
            yield Reference("table", name, Outcome.MISSING, message, start, known)

    def _is_path(self, table: exp.Table) -> bool:
        """Whether it is an array of a row, as in ``FROM t, t.items``."""
        return table.db in {each.alias_or_name for each in self._tree.find_all(exp.Table) if each is not table}

    def _known_columns(self, table: exp.Table) -> frozenset[str] | None:
        if table.db:
            return self._tables.get(f"{table.db}.{table.name}")
        return frozenset(self._short[table.name]) if table.name in self._short else None

    def _source(self, source: object, depth: int = 0) -> frozenset[str] | None:
        """Columns of what stands in a FROM; None if that cannot be known."""
        if isinstance(source, exp.Table):
            return self._known_columns(source)
        if not isinstance(source, Scope) or depth > 50 or not isinstance(source.expression, exp.Query):  # noqa: PLR2004
            return None
        found: set[str] = set()
        query: exp.Query = source.expression
        if isinstance(query, exp.SetOperation):
            inner = next(iter(source.set_operation_scopes), None)
            return self._source(inner, depth + 1)
        for select in query.selects:
            star = select.this if isinstance(select, exp.Column) else select
            if not isinstance(star, exp.Star):
                found.add(select.alias_or_name)
                continue
            wanted = select.table if isinstance(select, exp.Column) else ""
            for alias, (_, each) in source.selected_sources.items():
                if wanted in {"", alias}:
                    columns = self._source(each, depth + 1)
                    if columns is None:
                        return None
                    found |= columns
            found -= {each.name for each in star.args.get("except_") or star.args.get("except") or ()}
        return frozenset(found)

    def _columns(self, scope: Scope) -> Iterator[Reference]:
        sources: dict[str, object] = {}
        around: Scope | None = scope
        while around is not None:
            sources = {alias: each for alias, (_, each) in around.selected_sources.items()} | sources
            sources |= {f"subquery {n}": each for n, each in enumerate(_nameless(around))}
            # a subquery sees the rows around it; a CTE and a derived table do not
            around = around.parent if around.is_subquery or around.is_set_operation else None
        whole: exp.Expr = scope.expression
        names = {each.alias for each in whole.selects if each.alias} if isinstance(whole, exp.Query) else set()
        names |= {part.name for each in whole.find_all(exp.Alias, exp.TableAlias) for part in _identifiers(each)}
        known = {alias: self._source(each) for alias, each in sources.items()}
        open_ended = not sources or any(columns is None for columns in known.values())
        everything = frozenset(name for columns in known.values() for name in columns or ())
        lower = {name.lower() for name in everything}
        for column in scope.columns:
            if not isinstance(column.this, exp.Identifier):
                continue
            ref = f"{column.table}.{column.name}" if column.table else column.name
            start = int(column.this.meta.get("start", 0))
            if column.table in known:
                columns = known[column.table]
                if columns is None:
                    yield Reference("column", ref, Outcome.UNKNOWN, "not judged: its table is not known", start)
                elif column.name.lower() in {name.lower() for name in columns}:
                    yield Reference("column", ref, Outcome.GOOD, "", start)
                else:
                    message = f"no column '{column.name}' in '{column.table}'"
                    yield Reference("column", ref, Outcome.MISSING, message, start, columns)
            elif (column.parts[0].name.lower()) in lower:
                yield Reference("column", ref, Outcome.GOOD, "", start)
            elif column.parts[0].name in names or column.name.startswith("_") or column.parts[0].name in sources:
                continue
            elif open_ended:
                yield Reference("column", ref, Outcome.UNKNOWN, "not judged: a source is not known", start)
            else:
                message = f"no column '{ref}' in {', '.join(sorted(sources))}"
                yield Reference("column", ref, Outcome.MISSING, message, start, everything)


def _nameless(scope: Scope) -> Iterator[Scope]:
    """The subqueries in a FROM that have no alias."""
    for each in scope.derived_table_scopes:
        parent = each.expression.parent
        if isinstance(parent, exp.Subquery) and not parent.alias:
            yield each


def _identifiers(alias: exp.Expr) -> Iterator[exp.Expr]:
    yield from alias.find_all(exp.Identifier) if isinstance(alias, exp.TableAlias) else [alias.args["alias"]]
