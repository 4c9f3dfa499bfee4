"""Rewrites a BigQuery syntax tree where DuckDB would give another answer, and refuses what nobody has verified.

sqlglot turns the grammar of one dialect into the other's; this module mends the meaning. Every node class and every
function that passes is listed in ``verified.py`` and has a test in tests/warehouse/test_dialect.py; anything else is
refused, because a construct that DuckDB knows under the same name and computes otherwise would pass unseen.

Known and accepted: floats may differ in the last digits where the two libraries do (transcendental functions, STDDEV,
the order of a float sum); an overflowing float is infinite instead of an error; a NaN equals itself; NUMERIC
multiplication and division follow DuckDB's scales. The house's SQL avoids all of these.

Templates are DuckDB SQL; names that begin with an underscore stand for subtrees, which have been rewritten before
(the tree is worked from the leaves to the root).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from sqlglot import exp, parse_one

from backcourt.warehouse.verified import CLASSES, DATE_FORMATS, FUNCTIONS

Node = exp.Expr
WHITESPACE = "".join(map(chr, [*range(9, 14), 32, 133, 160, 5760, *range(8192, 8203), 8232, 8233, 8239, 8287, 12288]))


class RefusedError(Exception):
    """A construct that cannot be translated faithfully.

    Attributes:
        reason: What it is and what to write instead.
        node: Where it stands.
    """

    def __init__(self, reason: str, node: Node) -> None:
        """Keep the node, whose position the caller looks up."""
        super().__init__(reason)
        self.reason = reason
        self.node = node


@functools.lru_cache(maxsize=None)
def _template(text: str) -> Node:
    return parse_one(text, read="duckdb")


def _fill(text: str, kind: str = "", **nodes: Node) -> Node:
    """The template with copies of the nodes in place of the names with an underscore; kind as in ``kind_of``."""
    root = exp.Paren(this=_template(text).copy())
    for column in list(root.find_all(exp.Column)):
        if column.name in nodes:
            node = nodes[column.name].copy()
            needs_paren = isinstance(node, (exp.Binary, exp.Unary, exp.Between, exp.In, exp.Is, exp.If, exp.Interval))
            column.replace(exp.Paren(this=node) if needs_paren else node)
    result: Node = root.this
    if isinstance(result, (exp.Binary, exp.Unary)):
        result = root
    else:
        result.pop()
    if kind:
        result.meta["kind"] = kind
    return result


_KINDS: dict[type[Node], str] = {
    **dict.fromkeys(
        (exp.Count, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Extract, exp.DateDiff, exp.Length, exp.ArraySize,
         exp.UnixDate, exp.StrPosition), "int"),
    **dict.fromkeys(
        (exp.Sqrt, exp.Sin, exp.Cos, exp.Tan, exp.Asin, exp.Acos, exp.Atan, exp.Atan2, exp.Exp, exp.Ln, exp.Avg,
         exp.StddevSamp, exp.StddevPop, exp.Stddev), "float"),
    **dict.fromkeys(
        (exp.Upper, exp.Lower, exp.Trim, exp.Replace, exp.Concat, exp.DPipe, exp.RegexpReplace, exp.RegexpExtract,
         exp.GroupConcat, exp.JSONExtractScalar), "string"),
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.GT, exp.LTE, exp.GTE, exp.And, exp.Or, exp.Not, exp.Is, exp.In,
                     exp.Boolean, exp.Between, exp.Exists), "bool"),
    exp.Null: "null",
}  # fmt: skip
_CAST_KINDS = {"BIGINT": "int", "TEXT": "string", "DOUBLE": "float", "BOOLEAN": "bool", "DATE": "date"}


def kind_of(node: Node) -> str:
    """What the node yields, if the node alone says so: int, float, string, bool, date, null; "" if it does not."""
    if "kind" in node.meta:
        return str(node.meta["kind"])
    if isinstance(node, exp.Literal):
        return "string" if node.is_string else "int" if node.this.isdigit() else "float"
    if isinstance(node, (exp.Paren, exp.Neg, exp.Window)):
        return kind_of(node.this)
    if isinstance(node, exp.Cast):
        return _CAST_KINDS.get(node.to.this.name, "")
    return _KINDS.get(type(node), "")


def _number(node: Node | None) -> int | None:
    """The value of an integer literal, also a negative one; None for anything else."""
    if isinstance(node, exp.Neg):
        value = _number(node.this)
        return None if value is None else -value
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit():
        return int(node.this)
    return None


def _text(node: Node | None) -> str | None:
    """The value of a string literal, plain or raw; None for anything else."""
    return str(node.this) if isinstance(node, exp.RawString) or (node is not None and node.is_string) else None


def _literal(node: Node) -> Node | None:
    # DuckDB reads 0.44 as DECIMAL(3,2) and computes with it exactly; BigQuery reads a FLOAT64.
    if not node.args.get("is_string") and not node.this.isdigit() and "e" not in node.this.lower():
        return exp.Literal.number(f"{node.this}e0")
    return None


def _divide(node: Node) -> Node:
    if (_number(node.expression) or 0) > 0:
        return _fill("_a / _b", "float", _a=node.this, _b=node.expression)
    return _fill(
        "_a / CASE WHEN _b = 0 THEN ERROR('division by zero') ELSE _b END", "float", _a=node.this, _b=node.expression
    )


def _count_if(node: Node) -> Node:
    if isinstance(node.this, exp.Distinct):
        raise RefusedError("COUNTIF(DISTINCT ...): write COUNT(DISTINCT IF(...))", node)
    return _fill("COUNT(CASE WHEN _a THEN 1 END)", "int", _a=node.this)


# ---- text ------------------------------------------------------------------------------------------------------------


def _concat(node: Node) -> Node:
    return exp.Paren(this=functools.reduce(lambda a, b: exp.DPipe(this=a, expression=b), node.expressions))


def _substring(node: Node) -> Node:
    start, length = node.args["start"], node.args.get("length")
    first = _number(start)
    if first is None:
        position = _fill(
            "CASE WHEN _p > 0 THEN _p WHEN _p = 0 THEN 1 WHEN _p < 0 THEN GREATEST(LENGTH(_s) + _p + 1, 1) END",
            _p=start,
            _s=node.this,
        )
    elif first < 0:
        position = _fill(f"GREATEST(LENGTH(_s) + {first + 1}, 1)", _s=node.this)
    else:
        position = exp.Literal.number(max(first, 1))
    if length is None:
        return _fill("SUBSTRING(_s, _p)", "string", _s=node.this, _p=position)
    if _number(length) is None:
        length = _fill("CASE WHEN _n < 0 THEN ERROR('SUBSTR: negative length') ELSE _n END", _n=length)
    return _fill("SUBSTRING(_s, _p, _n)", "string", _s=node.this, _p=position, _n=length)


def _left_right(node: Node) -> Node | None:
    if _number(node.expression) is None:
        raise RefusedError("LEFT and RIGHT take a literal length here: write SUBSTR", node)
    return None


def _trim(node: Node) -> Node | None:
    # BigQuery trims every Unicode white space, DuckDB only the space.
    if node.args.get("expression") is None:
        node.set("expression", exp.Literal.string(WHITESPACE))
    return None


def _pad(node: Node) -> Node | None:
    if node.args.get("fill_pattern") is None:
        node.set("fill_pattern", exp.Literal.string(" "))
    return None


def _format(node: Node) -> Node:
    pattern = _text(node.this)
    rest = re.sub(r"%(%|0?\d*d|\d*s|0?\d*\.\d+f)", "", pattern or "%")
    if pattern is None or "%" in rest:
        raise RefusedError("FORMAT takes a literal with %d, %05d, %s, %.2f and %%", node)
    arguments = []
    for specifier, argument in zip(
        re.findall(r"%[\d.]*([dsf])", pattern.replace("%%", "")), node.expressions, strict=True
    ):
        cast = {"d": "CAST(_a AS BIGINT)", "f": "CAST(_a AS DOUBLE)", "s": "_a"}[specifier]
        arguments.append(argument if specifier == "s" else _fill(cast, _a=argument))
    result: Node = exp.Anonymous(this="PRINTF", expressions=[exp.Literal.string(pattern), *arguments])
    result.meta["kind"] = "string"
    return result


def _like(node: Node) -> Node | None:
    pattern = _text(node.expression)
    if isinstance(node.parent, exp.Escape) or (pattern is not None and "\\" not in pattern):
        return None
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def _hex(node: Node) -> Node | None:
    digest = node.this
    if isinstance(digest, exp.SHA2Digest) and digest.args["length"].name == "256":
        return _fill("SHA256(_a)", "string", _a=digest.this)
    if isinstance(digest, exp.MD5Digest):
        return _fill("MD5(_a)", "string", _a=digest.this)
    raise RefusedError("TO_HEX is verified for SHA256 and MD5 only", node)


def _digest(node: Node) -> Node | None:
    if not isinstance(node.parent, (exp.LowerHex, exp.Hex)):
        raise RefusedError("a bare digest is BYTES: write TO_HEX(SHA256(...)) or TO_HEX(MD5(...))", node)
    return None


def _normalize(node: Node) -> Node | None:
    form = node.args.get("form")
    if form is None or form.name.upper() == "NFC":
        return _fill("NFC_NORMALIZE(_a)", "string", _a=node.this)
    raise RefusedError("NORMALIZE is verified for NFC only", node)


# ---- dates -----------------------------------------------------------------------------------------------------------


def _as_date(node: Node) -> Node | None:
    unit = node.args.get("unit")
    if unit is not None and unit.name.upper().startswith("ISO"):
        raise RefusedError(f"{unit.name}: use WEEK(MONDAY) or YEAR", node)
    if isinstance(node, (exp.DateAdd, exp.DateSub)) and isinstance(node.this, exp.Parameter):
        node.set("this", exp.cast(node.this, "DATE"))
    elif isinstance(node, exp.DateTrunc) and isinstance(node.this, exp.Parameter):
        node.set("this", exp.cast(node.this, "DATE"))
    return exp.Cast(this=node.copy(), to=exp.DataType.build("DATE"))


def _extract(node: Node) -> Node | None:
    part = node.name.upper()
    if isinstance(node.this, exp.WeekStart) or part not in {
        "DAYOFWEEK", "DAY", "DAYOFYEAR", "MONTH", "QUARTER", "YEAR", "DATE", "HOUR", "MINUTE", "SECOND"
    }:  # fmt: skip
        raise RefusedError(f"EXTRACT({part} ...) is not verified", node)
    if part == "DATE":
        return _fill("CAST(_a AS DATE)", "date", _a=node.expression)
    if part == "DAYOFWEEK":
        return _fill("EXTRACT(DAYOFWEEK FROM _a) + 1", "int", _a=node.expression)
    return None


def _date_diff(node: Node) -> Node | None:
    for side in ("this", "expression"):
        if isinstance(node.args[side], exp.Parameter):
            node.set(side, exp.cast(node.args[side], "DATE"))
    return None


def _timestamp_diff(node: Node) -> Node:
    unit = node.args["unit"].name.upper()
    if unit not in {"DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"}:
        raise RefusedError(f"TIMESTAMP_DIFF(..., {unit}) is not verified", node)
    # BigQuery counts whole units between two instants: DuckDB's DATE_SUB, whereas DATE_DIFF counts boundaries.
    return _fill(
        f"CAST(TRUNC(DATE_SUB('microsecond', _b, _a) // {_MICROSECONDS[unit]}) AS BIGINT)",
        "int",
        _a=node.this,
        _b=node.expression,
    )


_MICROSECONDS = {"DAY": 86_400_000_000, "HOUR": 3_600_000_000, "MINUTE": 60_000_000, "SECOND": 1_000_000,
                 "MILLISECOND": 1_000, "MICROSECOND": 1}  # fmt: skip


def _date_format(node: Node) -> Node | None:
    pattern = _text(node.args.get("format"))
    if pattern is None or set(re.findall(r"%.?", pattern)) - DATE_FORMATS:
        raise RefusedError(f"a date format is a literal with {' '.join(sorted(DATE_FORMATS))}", node)
    return None


def _date(node: Node) -> Node | None:
    zone = node.args.get("zone")
    if zone is not None:
        return _fill("CAST(_a AT TIME ZONE _z AS DATE)", "date", _a=node.this, _z=zone)
    return None


# ---- arrays ----------------------------------------------------------------------------------------------------------


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
        result = _fill("(_a)[1:_n]", _a=result, _n=limit)
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
    return _fill("ARRAY_TO_STRING(_a, _s)", "string", _a=_list(node, ignore_nulls=True), _s=separator)


def _subscript(node: Node) -> Node:
    base = node.args.get("offset")
    if len(node.expressions) != 1 or base is None:
        raise RefusedError("write arr[OFFSET(i)], arr[SAFE_OFFSET(i)] or the ORDINAL forms", node)
    index = node.expressions[0]
    number = _number(index)
    position: Node = (
        exp.Literal.number(number + 1 - base) if number is not None else _fill(f"_i + {1 - base}", _i=index)
    )
    if node.args.get("safe"):
        if number is not None:
            return _fill("LIST_EXTRACT(_a, _p)" if number >= base else "NULL", _a=node.this, _p=position)
        return _fill("CASE WHEN _p >= 1 THEN LIST_EXTRACT(_a, _p) END", _a=node.this, _p=position)
    return _fill(
        "CASE WHEN _p < 1 OR _p > LEN(_a) THEN ERROR('array index out of bounds') ELSE LIST_EXTRACT(_a, _p) END",
        _a=node.this,
        _p=position,
    )


def _array_concat(node: Node) -> Node:
    parts = [node.this, *node.expressions]
    return exp.Paren(this=functools.reduce(lambda a, b: exp.DPipe(this=a, expression=b), parts))


def _unnest(node: Node) -> Node | None:
    offset = node.args.get("offset")
    if not offset:
        return None
    alias = node.args.get("alias")
    names = list(alias.columns) if alias else []
    value = names[0] if names else exp.to_identifier("_value")
    position = offset if isinstance(offset, exp.Identifier) else exp.to_identifier("offset")
    source = _template("SELECT _u.v, _u.o - 1 FROM UNNEST(_a) WITH ORDINALITY AS _u(v, o)").copy()
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


# ---- casts -----------------------------------------------------------------------------------------------------------

_FLOAT = r"^\s*([+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf|infinity|nan))\s*$"
_FROM_TEXT = {
    "BIGINT": r"^\s*([+-]?\d+|0[xX][0-9a-fA-F]+)\s*$",
    "DATE": r"^\s*(\d{4}-\d{1,2}-\d{1,2})\s*$",
    "BOOLEAN": r"^(true|false)$",
    "DOUBLE": _FLOAT,
}
"""What BigQuery reads from text; DuckDB's own casts accept more ('1.5' as an integer, 'yes' as a truth value)."""
_SHORTEST = (
    "CASE WHEN CAST(PRINTF('%.15g', _d) AS DOUBLE) = _d OR ISNAN(_d) THEN PRINTF('%.15g', _d) "
    "ELSE PRINTF('%.17g', _d) END"
)
_MICROS = r"REGEXP_REPLACE(STRFTIME(_t, '%Y-%m-%d %H:%M:%S.%f'), '(\.000000|000)$', '') || '+00'"


def _to_text(value: Node, kind: str) -> Node | None:
    if kind in {"int", "string", "bool", "date", "null"}:
        return None
    if kind == "float":
        return _fill(_SHORTEST, "string", _d=_fill("CAST(_x AS DOUBLE)", _x=value))
    # Through text, so that DuckDB can bind each branch whatever the type; TYPEOF is constant and the others vanish.
    text = _fill("CAST(_x AS TEXT)", _x=value)
    double, micros = _template(_SHORTEST).sql("duckdb"), _template(_MICROS).sql("duckdb")
    return _fill(
        f"CASE WHEN TYPEOF(_x) = 'DOUBLE' THEN {double} "
        f"WHEN TYPEOF(_x) = 'TIMESTAMP WITH TIME ZONE' THEN {micros} "
        r"WHEN TYPEOF(_x) LIKE 'DECIMAL%' THEN REGEXP_REPLACE(_s, '\.?0+$', '') ELSE _s END",
        "string",
        _x=value,
        _s=text,
        _d=_fill("CAST(_s AS DOUBLE)", _s=text),
        _t=_fill("CAST(_s AS TIMESTAMPTZ) AT TIME ZONE 'UTC'", _s=text),
    )


def _cast(node: Node) -> Node | None:
    if not isinstance(node, exp.Cast) or node.args.get("format"):
        raise RefusedError("CAST ... FORMAT is not verified: write FORMAT_DATE or PARSE_DATE", node)
    to, value = node.to.this.name, node.this
    if to not in {"BIGINT", "TEXT", "DOUBLE", "BOOLEAN", "DATE", "DECIMAL", "TIMESTAMPTZ", "ARRAY", "STRUCT"}:
        raise RefusedError(f"CAST AS {node.to.sql('bigquery')} is not verified", node)
    if to == "DECIMAL":
        if node.to.expressions:
            raise RefusedError("NUMERIC with a precision is not verified: write NUMERIC", node)
        node.set("to", exp.DataType.build("DECIMAL(38, 9)"))
        return None
    kind = kind_of(value)
    if to == "TEXT":
        return _to_text(value, kind)
    if to not in _FROM_TEXT or kind in {"int", "bool", "null", "date"} or (kind == "float" and to == "DOUBLE"):
        return None
    verb = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    text = _text(value)
    if text is not None and re.match(_FROM_TEXT[to], text):
        return None
    lowered = "LOWER(CAST(_x AS TEXT))" if to == "BOOLEAN" else "CAST(_x AS TEXT)"
    parsed = f"{verb}(REGEXP_EXTRACT({lowered}, '{_FROM_TEXT[to]}', 1) AS {to})"
    rounded = f"{verb}(ROUND(_f) AS {to})"
    nodes = {"_x": value, "_f": value}
    if kind == "string":
        return _fill(parsed, _CAST_KINDS[to], **nodes)
    if kind == "float" and to == "BIGINT":
        return _fill(rounded, "int", **nodes)
    nodes["_f"] = _fill("TRY_CAST(CAST(_x AS TEXT) AS DOUBLE)", _x=value)
    middle = f"WHEN TYPEOF(_x) IN ('DOUBLE', 'FLOAT') THEN {rounded} " if to == "BIGINT" else ""
    otherwise = f"{verb}(_x AS {to})"
    return _fill(
        f"CASE WHEN TYPEOF(_x) = 'VARCHAR' THEN {parsed} {middle}ELSE {otherwise} END", _CAST_KINDS[to], **nodes
    )


# ---- tables and statements -------------------------------------------------------------------------------------------


def _table(node: Node) -> Node | None:
    if not isinstance(node, exp.Table):
        return None
    parts = [part.name for part in node.parts]
    if any(part.upper() == "INFORMATION_SCHEMA" for part in parts):
        raise RefusedError("INFORMATION_SCHEMA is read through the warehouse adapter only", node)
    if len(parts) > 3 or not isinstance(node.this, exp.Identifier) or "*" in parts[-1]:
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


def _parenthesised(node: Node) -> Node | None:
    # sqlglot writes DIV(a, b) and MOD(a, b) as operators without brackets: 2 * DIV(a, b) would change its meaning.
    kinds = {"kind": "int"}
    if isinstance(node.parent, exp.Paren):
        return None
    result = exp.Paren(this=node.copy())
    result.meta.update(kinds)
    return result


def _finite(node: Node) -> Node | None:
    exponent = _number(node.args.get("expression"))
    if isinstance(node, exp.Pow) and exponent is not None and exponent >= 0:
        return None
    return _fill(
        "CASE WHEN ISFINITE(CAST(_r AS DOUBLE)) OR _r IS NULL THEN _r ELSE ERROR('floating point error') END",
        "float",
        _r=node,
    )


_RULES: dict[type[Node], Callable[[Node], Node | None]] = {
    exp.Literal: _literal, exp.Div: _divide, exp.CountIf: _count_if, exp.Concat: _concat, exp.Substring: _substring,
    exp.Left: _left_right, exp.Right: _left_right, exp.Trim: _trim, exp.Pad: _pad, exp.Format: _format,
    exp.Like: _like, exp.LowerHex: _hex, exp.Hex: _hex, exp.SHA2Digest: _digest, exp.MD5Digest: _digest,
    exp.Normalize: _normalize, exp.DateAdd: _as_date, exp.DateSub: _as_date, exp.DateTrunc: _as_date,
    exp.LastDay: _as_date, exp.DateFromUnixDate: _as_date, exp.Extract: _extract, exp.DateDiff: _date_diff,
    exp.TimestampDiff: _timestamp_diff, exp.TimeToStr: _date_format, exp.StrToDate: _date_format, exp.Date: _date,
    exp.ArrayAgg: _array_agg, exp.IgnoreNulls: _ignore_nulls, exp.GroupConcat: _string_agg, exp.Bracket: _subscript,
    exp.ArrayConcat: _array_concat, exp.Unnest: _unnest, exp.Cast: _cast, exp.TryCast: _cast, exp.Table: _table,
    exp.Create: _create, exp.Update: _assignments, exp.Anonymous: _anonymous, exp.Mod: _parenthesised,
    exp.IntDiv: _parenthesised, exp.Pow: _finite, exp.Exp: _finite, exp.Ln: _finite, exp.Asin: _finite,
    exp.Acos: _finite, exp.Sqrt: _finite,
    exp.SafeDivide: lambda node: _fill(
        "CAST(_a AS DOUBLE) / NULLIF(_b, 0)", "float", _a=node.this, _b=node.expression
    ),
}  # fmt: skip


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
