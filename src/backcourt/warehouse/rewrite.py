"""Rewrites a BigQuery syntax tree where DuckDB would give another answer, and refuses what nobody has verified.

sqlglot turns the grammar of one dialect into the other's; the rules mend the meaning (numbers and casts in
rewrite_numbers.py, text and dates in rewrite_text.py, arrays and tables here). Every node class and function that
passes is listed in verified.py and tested against Google's own evaluator; anything else is refused, because a construct
that DuckDB knows under the same name and computes otherwise would pass unseen.

Known and accepted: floats may differ in the last digits where the two libraries do (transcendental functions, STDDEV,
the order of a float sum); an overflowing float is infinite instead of an error; a NaN equals itself; integers do not
overflow at 64 bits inside a SUM; NUMERIC multiplies with DuckDB's scales, and SAFE_DIVIDE, / and ROUND with digits turn
it into FLOAT64; text is read as a timestamp without named zones and leap seconds, as a float without hexadecimal
digits, as an integer without signed hexadecimal ones. The house's SQL avoids all of these.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from sqlglot import exp

from backcourt.warehouse import rewrite_numbers, rewrite_text
from backcourt.warehouse.templates import Node, RefusedError, fill, number_of, template
from backcourt.warehouse.verified import CLASSES, FUNCTIONS


def _list(node: Node, ignore_nulls: bool) -> Node:
    """LIST(...) FILTER (...)[1:n] for the argument of ARRAY_AGG or STRING_AGG."""
    inner = node.this
    limit = None
    if isinstance(inner, exp.Limit):
        limit, inner = inner.expression, inner.this
    value = inner.this if isinstance(inner, exp.Order) else inner
    if isinstance(value, exp.Distinct):
        value = value.expressions[0]
    result: Node = exp.Anonymous(this="LIST", expressions=[inner.copy()])
    if ignore_nulls:
        condition = exp.Not(this=exp.Is(this=exp.Paren(this=value.copy()), expression=exp.Null()))
        result = exp.Filter(this=result, expression=exp.Where(this=condition))
    if limit is not None:
        result = fill("(_a)[1:_n]", _a=result, _n=limit)
    return result


def _array_agg(node: Node) -> Node | None:
    if isinstance(node.parent, exp.IgnoreNulls):
        return None
    return _list(node, ignore_nulls=False)


def _ignore_nulls(node: Node) -> Node | None:
    return _list(node.this, ignore_nulls=True) if isinstance(node.this, exp.ArrayAgg) else None


def _string_agg(node: Node) -> Node | None:
    if not isinstance(node.this, exp.Limit):
        return None
    separator = node.args.get("separator") or exp.Literal.string(",")
    return fill("ARRAY_TO_STRING(_a, _s)", "string", _a=_list(node, ignore_nulls=True), _s=separator)


def _subscript(node: Node) -> Node:
    base = node.args.get("offset")
    if len(node.expressions) != 1 or base is None:
        raise RefusedError("write arr[OFFSET(i)], arr[SAFE_OFFSET(i)] or the ORDINAL forms", node)
    index = node.expressions[0]
    number = number_of(index)
    position: Node = exp.Literal.number(number + 1 - base) if number is not None else fill(f"_i + {1 - base}", _i=index)
    if node.args.get("safe"):
        if number is not None:
            return fill("LIST_EXTRACT(_a, _p)" if number >= base else "NULL", _a=node.this, _p=position)
        return fill("CASE WHEN _p >= 1 THEN LIST_EXTRACT(_a, _p) END", _a=node.this, _p=position)
    return fill(
        "CASE WHEN _p < 1 OR _p > LEN(_a) THEN ERROR('array index out of bounds') ELSE LIST_EXTRACT(_a, _p) END",
        _a=node.this,
        _p=position,
    )


def _array_concat(node: Node) -> Node:
    parts = [node.this, *node.expressions]
    return exp.Paren(this=functools.reduce(lambda a, b: exp.DPipe(this=a, expression=b), parts))


def _array(node: Node) -> Node | None:
    """ARRAY(SELECT f(e) FROM UNNEST(a) AS e WHERE c(e)) by functions on lists: as a subquery it costs joins."""
    select = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(select, exp.Select):
        return None
    source = select.args["from_"].this if select.args.get("from_") else None
    if not isinstance(source, exp.Unnest):
        return None
    if not _by_element(select, source):
        offset = _with_offset(source)
        if offset is not None:
            source.replace(offset)
        return None
    element, result = source.args["alias"].columns[0].name, source.expressions[0]
    where = select.args.get("where")
    if where is not None:
        result = _applied("LIST_FILTER", result, element, where.this)
    value = select.expressions[0].unalias()
    if not (isinstance(value, exp.Column) and value.name == element):
        result = _applied("LIST_TRANSFORM", result, element, value)
    # Of no list BigQuery makes an empty one.
    return fill("COALESCE(_a, [])", _a=result)


def _by_element(select: Node, source: Node) -> bool:
    """True if a SELECT from one list gives a value for each of its elements, in the list's order."""
    clauses = {name for name, value in select.args.items() if value}
    alias = source.args.get("alias")
    columns = alias.columns if alias else []
    if clauses - {"expressions", "from_", "where", "order"} or len(select.expressions) != 1 or len(columns) != 1:
        return False
    offset, order = source.args.get("offset"), select.args.get("order")
    place = offset.name if isinstance(offset, exp.Identifier) else "offset" if offset else ""
    if order is not None:
        by = order.expressions[0]
        named = len(order.expressions) == 1 and isinstance(by.this, exp.Column) and not by.this.table
        if not named or by.this.name != place or by.args.get("desc"):
            return False
    worked_out = [select.expressions[0], *filter(None, [select.args.get("where")])]
    names = {columns[0].name, place} - {""}
    return not any(
        inner.find(exp.Query, exp.Lateral, exp.AggFunc, exp.Window, exp.Star)
        # What is IN UNNEST of a list is asked by functions on lists.
        or any(not isinstance(found.parent, exp.In) for found in inner.find_all(exp.Unnest))
        or any(found.table in names or found.name == place for found in inner.find_all(exp.Column))
        for inner in worked_out
    )


def _applied(function: str, values: Node, element: str, to_each: Node) -> Node:
    each = exp.Lambda(this=to_each.copy(), expressions=[exp.to_identifier(element)])
    return exp.Anonymous(this=function, expressions=[values.copy(), each])


def _unnest(node: Node) -> Node | None:
    source = node.parent
    if isinstance(source, exp.From) and source.parent is not None and isinstance(source.parent.parent, exp.Array):
        # The array decides, once all inside it has been worked out.
        return None
    return _with_offset(node)


def _with_offset(node: Node) -> Node | None:
    offset = node.args.get("offset")
    if not offset:
        return None
    alias = node.args.get("alias")
    names = list(alias.columns) if alias else []
    value = names[0] if names else exp.to_identifier("_value")
    position = offset if isinstance(offset, exp.Identifier) else exp.to_identifier("offset")
    source = template("SELECT _u.v, _u.o - 1 FROM UNNEST(_a) WITH ORDINALITY AS _u(v, o)").copy()
    for select, name in zip(list(source.expressions), (value, position), strict=True):
        select.replace(exp.Alias(this=select.copy(), alias=name.copy()))
    for column in list(source.find_all(exp.Column)):
        if column.name == "_a":
            column.replace(node.expressions[0].copy())
    join = node.parent
    if isinstance(join, exp.Join) and join.side and not join.args.get("on") and not join.args.get("using"):
        join.set("on", exp.true())
    table = exp.TableAlias(this=exp.to_identifier(f"_unnest_{value.name}"))
    return exp.Lateral(this=exp.Subquery(this=source), alias=table)


_TABLE_PARTS = 3


def _table(node: Node) -> Node | None:
    if not isinstance(node, exp.Table):
        return None
    parts = [part.name for part in node.parts]
    if any("INFORMATION_SCHEMA" in part.upper().split(".") for part in parts):
        raise RefusedError("INFORMATION_SCHEMA is read through the warehouse adapter only", node)
    if len(parts) > _TABLE_PARTS or not isinstance(node.this, exp.Identifier) or "*" in parts[-1]:
        raise RefusedError(f"{node.sql('bigquery')} is not a table name: write dataset.table", node)
    node.set("catalog", None)
    return None


def _create(node: Node) -> Node | None:
    # Partitions, clusters and options say where BigQuery keeps the rows, not which rows there are.
    node.set("properties", None)
    return None


def _assignments(node: Node) -> Node | None:
    for assignment in node.expressions:
        if isinstance(assignment, exp.EQ) and isinstance(assignment.this, exp.Column):
            assignment.this.set("table", None)
    return None


def _anonymous(node: Node) -> Node | None:
    if str(node.this).upper() not in FUNCTIONS:
        raise RefusedError(f"function {str(node.this).upper()} is not verified", node)
    return None


_RULES: dict[type[Node], Callable[[Node], Node | None]] = {
    **rewrite_numbers.RULES,
    **rewrite_text.RULES,
    exp.Array: _array,
    exp.ArrayAgg: _array_agg,
    exp.IgnoreNulls: _ignore_nulls,
    exp.GroupConcat: _string_agg,
    exp.Bracket: _subscript,
    exp.ArrayConcat: _array_concat,
    exp.Unnest: _unnest,
    exp.Table: _table,
    exp.Create: _create,
    exp.Update: _assignments,
    exp.Anonymous: _anonymous,
}


def rewrite(tree: Node) -> Node:
    """The tree with DuckDB's meaning made BigQuery's; the given tree is used up.

    Raises:
        RefusedError: A construct that is not verified.
    """
    for node in reversed(list(tree.walk(bfs=True))):
        name = type(node).__name__
        if name not in CLASSES:
            label = node.sql_name() if isinstance(node, exp.Func) else name
            raise RefusedError(f"{label} is not verified", node)
        rule = _RULES.get(type(node))
        replacement = rule(node) if rule else None
        if replacement is not None:
            if node is tree:
                tree = replacement
            else:
                node.replace(replacement)
    return tree
