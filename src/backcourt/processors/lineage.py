"""Which columns of its upstreams each output column of a processor depends on, read from its SELECT.

A filter, a join key or a grouping decides which rows there are, so it counts for every output column; what decides
about the right side of a LEFT JOIN counts for the columns that come from there only. From that, the columns of every
table fall into classes: two columns are of one class if the same columns of every reader depend on them. A set of
classes is a bit mask, so that a plan can follow a change from table to table without computing anything.

What a SELECT reads through a view (see ``processors.views``) depends on the view's columns, not on those behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from importlib import metadata, resources
from operator import or_
from typing import TYPE_CHECKING, Any

from backcourt.catalog import TABLES, table
from backcourt.catalog.model import STAMPS, Column
from backcourt.processors.base import Processor
from backcourt.processors.registry import registry
from backcourt.processors.views import VIEWS, source
from backcourt.warehouse.translation import remembered

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

Source = tuple[str, str]
"""Full name of a table or name of a view, and a column of it."""
EVERYTHING = -1
"""The mask of all classes."""


@dataclass(frozen=True, slots=True)
class Group:
    """Columns of an upstream on which the same classes of a table's columns depend.

    Attributes:
        columns: The columns, in the order of the upstream's.
        read: Mask of the upstream's classes to which they belong.
        changes: Mask of the table's classes that depend on them; 0 if nothing further reads what changes.
        of: Columns that are read and say whose the values are: two players who exchange their assists are a change.
    """

    columns: tuple[str, ...]
    read: int
    changes: int
    of: tuple[str, ...] = ()

    @property
    def hashed(self) -> tuple[str, ...]:
        """The columns of which a row's number is made, in alphabetical order, so that equal groups are one."""
        return tuple(sorted({*self.of, *self.columns}))

    def identity(self, upstream: str) -> Group | None:
        """The part of the group that says who or what a row is about: ids, names, dates; None if it has none."""
        chosen = tuple(name for name in self.columns if _says_who(table(upstream).column(name)))
        return Group(chosen, _mask(upstream, chosen), self.changes, self.of) if chosen else None


def groups(processor: Processor, upstream: str) -> tuple[Group, ...]:
    """The columns of an upstream that a processor reads, in groups.

    Args:
        processor: The reader.
        upstream: Full name of one of its upstreams, or name of a view.
    """
    changes = _changes(processor, upstream)
    found: dict[int, list[str]] = {}
    for column in source(upstream).business_columns:
        if column.name in changes:
            found.setdefault(changes[column.name], []).append(column.name)
    # What decides about rows, such as a join, matters to whatever anything matters to.
    widest = reduce(or_, found, 0)
    of = tuple(dict.fromkeys([name for name in source(upstream).key if name in changes] + found.get(widest, [])))
    return tuple(Group(tuple(names), _mask(upstream, names), mask, of) for mask, names in found.items())


def through_views(processor: Processor, upstream: str) -> tuple[Group, ...]:
    """What of a processor depends on the rows of a raw table that it reads through a view: nobody tells them apart."""
    found = [group.changes for view in _in_front_of(upstream) for group in groups(processor, view)]
    return (Group((), EVERYTHING, reduce(or_, found)),) if found else ()


def _in_front_of(name: str) -> list[str]:
    return [view.name for view in VIEWS.values() if name in view.stands_for]


def values_mask(name: str) -> int:
    """Mask of the classes of a table's columns that hold more than who or what a row is about."""
    if _in_front_of(name):
        return EVERYTHING
    columns = [column.name for column in table(name).business_columns if not _says_who(column)]
    return _mask(name, columns)


def _says_who(column: Column) -> bool:
    return column.type in {"STRING", "DATE"} or column.unit == "id"


def _mask(name: str, columns: list[str] | tuple[str, ...]) -> int:
    found = _classes(name)
    mask = 0
    for column in columns:
        if column in found:
            mask |= 1 << found[column]
    return mask


@lru_cache(maxsize=256)
def _classes(name: str) -> Mapping[str, int]:
    """Number of the class of every column of a table that somebody reads."""
    signatures: dict[str, list[tuple[str, int]]] = {}
    for processor in registry():
        if any(upstream.table == name for upstream in processor.table.upstreams):
            for column, mask in _changes(processor, name).items():
                signatures.setdefault(column, []).append((processor.name, mask))
    # Columns that identify a row never share a class with values, because some windows read only one of the two.
    numbers: dict[tuple[bool, tuple[tuple[str, int], ...]], int] = {}
    return {
        column: numbers.setdefault((_says_who(source(name).column(column)), tuple(signature)), len(numbers))
        for column, signature in sorted(signatures.items())
    }


@lru_cache(maxsize=256)
def _changes(processor: Processor, upstream: str) -> Mapping[str, int]:
    """For every column of an upstream that a processor reads, the mask of its own classes that depend on it."""
    own = _classes(processor.table.full_name)
    traced = _traced(processor)
    # A row that fails is not written, so what decides about failures decides about every column.
    failing = traced["failure_category"]
    found: dict[str, int] = {}
    for output, sources in traced.items():
        bit = 1 << own[output] if output in own else 0
        for name, column in sources | failing:
            if name == upstream:
                found[column] = found.get(column, 0) | bit
    return found


@lru_cache(maxsize=64)
def _traced(processor: Processor) -> Mapping[str, frozenset[Source]]:
    """What ``trace`` finds for a processor; kept between processes, because it takes longer than a plan."""
    sql = processor.sql_with(VIEWS)
    key = "\n".join(
        [
            metadata.version("sqlglot"),
            hashlib.sha256((resources.files("backcourt.processors") / "lineage.py").read_bytes()).hexdigest(),
            repr([(found.full_name, [(c.name, c.type) for c in found.columns]) for found in TABLES]),
            sql,
        ]
    )

    def make() -> dict[str, list[Source]]:
        return {name: sorted(sources) for name, sources in trace(sql).items()}

    kept = remembered(key, make)
    return {name: frozenset((str(a), str(b)) for a, b in sources) for name, sources in kept.items()}


@dataclass(slots=True)
class _Found:
    """What a SELECT's columns depend on, by name and in order, and what decides about its rows."""

    columns: dict[str, set[Source]] = field(default_factory=dict)
    rows: set[Source] = field(default_factory=set)


def trace(sql: str) -> Mapping[str, frozenset[Source]]:
    """For every output column of a SELECT the table columns that its value or its row's existence depends on.

    Args:
        sql: A SELECT in BigQuery's dialect over tables of the catalog; a subquery under the name of a view is one.
    """
    import sqlglot
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    schema: dict[str, Any] = {}
    for found in TABLES:
        columns = {column.name: column.type for column in found.columns if column.name not in STAMPS}
        schema.setdefault(found.dataset, {})[found.name] = columns
    tree = qualify(
        sqlglot.parse_one(sql, dialect="bigquery"),
        schema=schema,
        dialect="bigquery",
        quote_identifiers=False,
        validate_qualify_columns=False,
        expand_alias_refs=False,
    )
    root = build_scope(tree)
    if root is None:
        raise ValueError("not a SELECT")
    traced = _Tracer().of(root)
    return {name: frozenset(sources | traced.rows) for name, sources in traced.columns.items()}


_ROW_CLAUSES = ("where", "group", "having", "qualify", "windows", "order", "limit")


class _Tracer:
    """Walks the scopes of a statement, each once."""

    def __init__(self) -> None:
        self._done: dict[int, _Found] = {}

    def of(self, scope: Scope) -> _Found:
        """What a scope's columns and rows depend on."""
        key = id(scope.expression)
        if key not in self._done:
            self._done[key] = self._union(scope) if scope.set_operation_scopes else self._select(scope)
        return self._done[key]

    def _union(self, scope: Scope) -> _Found:
        parts = [self.of(part) for part in scope.set_operation_scopes]
        names = list(parts[0].columns)
        merged = _Found({name: set() for name in names})
        for part in parts:
            merged.rows |= part.rows
            for name, sources in zip(names, part.columns.values(), strict=True):
                merged.columns[name] |= sources
        return merged

    def _select(self, scope: Scope) -> _Found:
        from sqlglot import exp

        select: Any = scope.expression
        joins = select.args.get("joins") or ()
        optional = {join.this.alias_or_name: join for join in joins if join.side == "LEFT"}
        clauses = [node for name in _ROW_CLAUSES for node in _listed(select.args.get(name))]
        clauses += [join for join in joins if join.this.alias_or_name not in optional]
        clauses += select.find_all(exp.Unnest)
        found = _Found(rows=set().union(*(self._sources(scope, node) for node in clauses)))
        for name, entry in scope.selected_sources.items():
            child = self._child(name, entry[1])
            if child is not None and name not in optional:
                found.rows |= child.rows
        for inner in scope.subquery_scopes:
            below = self.of(inner)
            found.rows |= below.rows.union(*below.columns.values())
        beside = {name: self._beside(scope, name, join) for name, join in optional.items()}
        for number, projection in enumerate(select.selects):
            sources = self._sources(scope, projection)
            for column in projection.find_all(exp.Column):
                sources |= beside.get(column.table, set())
            name = projection.alias_or_name
            found.columns[f"{name} {number}" if not name or name in found.columns else name] = sources
        if select.args.get("distinct"):
            found.rows = found.rows.union(*found.columns.values())
        return found

    def _child(self, name: str, found: Any) -> _Found | None:  # noqa: ANN401 - a table or a scope
        from sqlglot.optimizer.scope import Scope

        return self.of(found) if isinstance(found, Scope) and name not in VIEWS else None

    def _beside(self, scope: Scope, name: str, join: exp.Expr) -> set[Source]:
        """What decides about the right side of a LEFT JOIN: its own rows and the condition."""
        entry = scope.selected_sources.get(name)
        child = self._child(name, entry[1]) if entry else None
        return self._sources(scope, join) | (child.rows if child else set())

    def _sources(self, scope: Scope, node: exp.Expr) -> set[Source]:
        """The table columns behind the columns that stand in a part of a SELECT."""
        from sqlglot import exp

        found: set[Source] = set()
        for column in node.find_all(exp.Column):
            if not column.table:
                found |= self._unqualified(scope, node, column.name)
                continue
            holder: Scope | None = scope
            while holder is not None and column.table not in holder.sources:
                holder = holder.parent
            if holder is not None:
                found |= self._of_source(column.table, holder.sources[column.table], column.name)
        return found

    def _unqualified(self, scope: Scope, node: exp.Expr, name: str) -> set[Source]:
        """What a name without a table stands for: an output column of the SELECT, or a column of any source."""
        select: Any = scope.expression
        for projection in select.selects:
            if projection.alias_or_name == name and projection is not node:
                return self._sources(scope, projection)
        return set().union(*(self._of_source(alias, each, name) for alias, each in scope.sources.items()))

    def _of_source(self, alias: str, found: Any, name: str) -> set[Source]:  # noqa: ANN401 - a table or a scope
        from sqlglot import exp

        if not isinstance(found, exp.Table):
            below = self.of(found).columns
            return {(alias, name)} if alias in VIEWS and name in below else below.get(name, set())
        full = f"{found.db}.{found.name}"
        known = any(column.name == name for each in TABLES if each.full_name == full for column in each.columns)
        return {(full, name)} if known else set()


def _listed(value: Any) -> list[exp.Expr]:  # noqa: ANN401 - what a clause of a syntax tree holds
    return value if isinstance(value, list) else [value] if value is not None else []
