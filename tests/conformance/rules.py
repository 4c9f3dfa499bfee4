"""House rules that can be seen in a statement's tree: what BigQuery refuses, does wrong or does dearly.

Each rule takes a tree and returns what breaks it, in one line each; ENGINES.md and docs/bigquery.md say why they are
there. What a word alone gives away is ``backcourt.warehouse.dialect.lint``'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from sqlglot import exp

import backcourt
from backcourt.catalog import TABLES

PARTITIONED = {table.full_name: str(table.partition) for table in TABLES if table.partition}
ARRAYS = {
    table.full_name: frozenset(column.name for column in table.columns if column.type.startswith("ARRAY"))
    for table in TABLES
}
FIRST_LINES = {
    line.removeprefix("--").strip(): path.stem
    for path in sorted(Path(backcourt.__file__).parent.rglob("*.sql"))
    if (line := path.read_text("utf-8").partition("\n")[0]).startswith("--")
}
"""The SQL file that begins with a comment."""
Tree = exp.Expr


def joins_without_equality(tree: Tree) -> list[str]:
    """LEFT, RIGHT and FULL joins whose condition holds no equality of one side with the other: BigQuery refuses them."""
    return [
        shown(join)
        for join in tree.find_all(exp.Join)
        if join.side and not isinstance(join.this, exp.Unnest) and not join.args.get("using") and not _equates(join)
    ]


def _equates(join: exp.Join) -> bool:
    own = join.this.alias_or_name
    for condition in _conjuncts(join.args.get("on")):
        if isinstance(condition, exp.EQ):
            left, right = (
                {column.table for column in side.find_all(exp.Column)} for side in condition.unnest_operands()
            )
            if (left == {own} and right and own not in right) or (right == {own} and left and own not in left):
                return True
    return False


def correlated_without_equality(tree: Tree) -> list[str]:
    """Subqueries that name rows outside without an equality of theirs with those: BigQuery cannot turn them into joins."""
    return [
        shown(query)
        for query in tree.find_all(exp.Select)
        if _is_expression(query) and _names_outside(query) and not _is_of_arrays(query) and not _is_tied(query)
    ]


def _is_expression(query: exp.Select) -> bool:
    """True for a subquery that is a value or a condition, not a source."""
    above: Tree | None = query.parent
    while isinstance(above, (exp.Subquery, exp.Paren)):
        above = above.parent
    return above is not None and not isinstance(
        above, (exp.From, exp.Join, exp.CTE, exp.SetOperation, exp.Insert, exp.Create)
    )


def _sources(query: Tree) -> set[str]:
    """What rows are called inside a query, at any depth."""
    named = (exp.Table, exp.Subquery, exp.Unnest, exp.CTE)
    found = {node.alias_or_name for kind in named for node in query.find_all(kind)}
    return found | {alias.name for unnest in query.find_all(exp.Unnest) for alias in unnest.find_all(exp.TableAlias)}


def _outside(query: exp.Select) -> set[str]:
    inside = _sources(query)
    return {column.table for column in query.find_all(exp.Column) if column.table and column.table not in inside}


def _names_outside(query: exp.Select) -> bool:
    return bool(_outside(query))


def _is_of_arrays(query: exp.Select) -> bool:
    """True if all its rows are elements of arrays, which takes no join."""
    start = query.args.get("from_")
    sources = [start.this if start else None, *(join.this for join in query.args.get("joins") or ())]
    return all(isinstance(source, exp.Unnest) for source in sources)


def _is_tied(query: exp.Select) -> bool:
    outside = _outside(query)
    where = query.args.get("where")
    for condition in _conjuncts(where.this if where else None):
        if isinstance(condition, exp.EQ):
            left, right = (
                {column.table for column in side.find_all(exp.Column)} for side in condition.unnest_operands()
            )
            if (left and right) and ((left <= outside) != (right <= outside)):
                return True
    return False


def subqueries_in_on(tree: Tree) -> list[str]:
    """Joins whose condition holds a subquery: BigQuery refuses them."""
    return [shown(join) for join in tree.find_all(exp.Join) if (on := join.args.get("on")) and on.find(exp.Select)]


def unfiltered(tree: Tree) -> list[tuple[str, str]]:
    """Partitioned tables that are read or changed without a condition of parameters on their date.

    Returns:
        The SQL file in which the table is named, or the table where no file does, and the piece of the statement.
    """
    found = []
    for node in tree.find_all(exp.Table):
        name = f"{node.db}.{node.name}"
        is_target = isinstance(node.parent, (exp.Insert, exp.Schema))
        if name in PARTITIONED and not is_target and not _is_filtered(node, PARTITIONED[name]):
            around = node.find_ancestor(exp.Select, exp.Delete, exp.Update) or tree
            found.append((_file_of(node) or name, f"{name}: {shown(around)}"))
    return found


def _file_of(node: Tree) -> str:
    """The file whose first line, a comment, is nearest above."""
    above: Tree | None = node
    while above is not None:
        first = above.args.get("with_")
        for comment in (*(above.comments or ()), *((first.comments or ()) if first else ())):
            if comment.strip() in FIRST_LINES:
                return FIRST_LINES[comment.strip()]
        above = above.parent
    return ""


def _is_filtered(node: exp.Table, column: str) -> bool:
    around = node.find_ancestor(exp.Select, exp.Delete, exp.Update)
    if around is None:
        return False
    where, join = around.args.get("where"), node.find_ancestor(exp.Join, exp.Select)
    conditions = _conjuncts(where.this if where else None)
    if isinstance(join, exp.Join):
        conditions = [*conditions, *_conjuncts(join.args.get("on"))]
    return any(_limits(condition, {"", node.alias_or_name}, column) for condition in conditions)


def _limits(condition: Tree, names: Collection[str], column: str) -> bool:
    """True if a condition compares the column with nothing but parameters and constants."""
    if not isinstance(condition, (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)):
        return False
    if isinstance(condition, exp.In) and condition.args.get("query"):
        return False
    columns = list(condition.find_all(exp.Column))
    operands = [condition.this, condition.args.get("expression")]
    plain = any(isinstance(operand, exp.Column) and operand.name == column for operand in operands)
    mine = [found for found in columns if found.name == column and found.table in names]
    return plain and len(columns) == 1 and bool(mine) and condition.find(exp.Select) is None


def sorted_inserts(tree: Tree) -> list[str]:
    """INSERTs that sort what they insert: one worker does that, for nothing."""
    return [
        shown(tree)
        for _ in [tree]
        if isinstance(tree, exp.Insert)
        and isinstance(tree.expression, exp.Query)
        and tree.expression.args.get("order")
        and not tree.expression.args.get("limit")
    ]


def structs_that_hide(tree: Tree) -> list[str]:
    """SELECT AS STRUCT with a star, or grouped by the alias of a column: the emulator refuses both."""
    found = []
    for query in tree.find_all(exp.Select):
        if str(query.args.get("kind") or "").upper() != "STRUCT":
            continue
        aliases = {column.alias for column in query.selects if isinstance(column, exp.Alias)}
        group = query.args.get("group")
        by = (
            {key.name for key in group.expressions if isinstance(key, exp.Column) and not key.table} if group else set()
        )
        if query.is_star or by & aliases:
            found.append(shown(query))
    return found


def long_names(tree: Tree) -> list[str]:
    """Tables with a project before the dataset: the adapter writes it there, and nobody else."""
    return [shown(node) for node in tree.find_all(exp.Table) if node.catalog]


def null_arrays(tree: Tree) -> list[str]:
    """Lists that may be NULL where they are stored: BigQuery stores an empty one in place of each."""
    return [f"{name}: {shown(value)}" for name, value in _stored(tree) if not _is_never_null(value)]


def _stored(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """The lists that a statement stores, by column."""
    if isinstance(tree, exp.Insert) and isinstance(tree.this, exp.Schema):
        target = f"{tree.this.this.db}.{tree.this.this.name}"
        names = [column.name for column in tree.this.expressions]
        lists = ARRAYS.get(target, frozenset())
        queries = [tree.expression] if isinstance(tree.expression, exp.Query) else []
        values = [list(query.selects) for query in queries]
        if isinstance(tree.expression, exp.Values):
            values = [list(row.expressions) for row in tree.expression.expressions]
        for row in values:
            yield from (
                (f"{target}.{name}", value.unalias()) for name, value in zip(names, row, strict=True) if name in lists
            )
        # A column that is not named is NULL.
        yield from ((f"{target}.{name}", exp.Null()) for name in sorted(lists - set(names)))
    if isinstance(tree, exp.Update):
        target = f"{tree.this.db}.{tree.this.name}"
        for change in tree.expressions:
            if change.this.name in ARRAYS.get(target, frozenset()):
                yield f"{target}.{change.this.name}", change.expression


def _is_never_null(value: Tree) -> bool:
    if isinstance(value, (exp.Paren, exp.Cast)):
        return _is_never_null(value.this)
    if isinstance(value, exp.Coalesce):
        return any(_is_never_null(part) for part in (value.this, *value.expressions))
    return isinstance(value, exp.Array)


def shown(node: Tree, most: int = 160) -> str:
    """A piece of a statement on one line."""
    text = " ".join(node.sql(dialect="bigquery", comments=False).split())
    return text if len(text) <= most else f"{text[:most]}..."


def _conjuncts(condition: Tree | None) -> list[Tree]:
    """The conditions of which all must hold."""
    if condition is None:
        return []
    plain = condition.unnest()
    return list(plain.flatten()) if isinstance(plain, exp.And) else [plain]
