"""Rules for numbers and casts: where DuckDB rounds, divides or reads text otherwise than BigQuery."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from backcourt.warehouse.templates import CAST_KINDS, Node, RefusedError, fill, kind_of, number_of, template, text_of


def _literal(node: Node) -> Node | None:
    # DuckDB reads 0.44 as DECIMAL(3,2) and computes with it exactly; BigQuery reads a FLOAT64.
    if not node.args.get("is_string") and not node.this.isdigit() and "e" not in node.this.lower():
        return exp.Literal.number(f"{node.this}e0")
    return None


_MAX_PLACES = 15


def _round(node: Node) -> Node | None:
    """ROUND(x, n), exact as in BigQuery: 2.675 is a little less than its digits say, so it becomes 2.67.

    DuckDB rounds the product x * 10^n, which the multiplication may have lifted to a half. Then, unless x is a true
    half (a number of halves, quarters, ... that a double holds exactly), the exact decimal expansion decides.
    """
    digits, value = node.args.get("decimals"), node.this
    if node.args.get("truncate") or (digits is not None and number_of(digits) is None):
        raise RefusedError("ROUND takes a literal number of digits and no rounding mode", node)
    places = number_of(digits) or 0
    if not 0 <= places <= _MAX_PLACES:
        raise RefusedError(f"ROUND takes 0 to {_MAX_PLACES} digits", node)
    numeric = isinstance(value, exp.Cast) and value.to.this.name == "DECIMAL"
    if places == 0 or numeric or kind_of(value) == "int":
        return None
    scaled, halves = f"_x * 1e{places}", f"_x * {2 ** (places + 1)}"
    floating = "" if kind_of(value) == "float" else "TYPEOF(_x) = 'DOUBLE' AND "
    return fill(
        f"CASE WHEN {floating}ABS({scaled} - TRUNC({scaled})) = 0.5e0 AND {halves} <> TRUNC({halves}) "
        f"THEN CAST(PRINTF('%.{places}f', CAST(_x AS DOUBLE)) AS DOUBLE) ELSE ROUND(_x, {places}) END",
        "float",
        _x=value,
    )


def _trunc(node: Node) -> Node | None:
    if node.args.get("decimals") is not None:
        raise RefusedError("TRUNC takes no digits here: the engines disagree on TRUNC(8.2, 1)", node)
    return None


def _divide(node: Node) -> Node:
    if (number_of(node.expression) or 0) > 0:
        return fill("_a / _b", "float", _a=node.this, _b=node.expression)
    return fill(
        "_a / CASE WHEN _b = 0 THEN ERROR('division by zero') ELSE _b END", "float", _a=node.this, _b=node.expression
    )


def _multiply(node: Node) -> Node | None:
    # DuckDB multiplies two literals in 32 bits.
    if number_of(node.this) is not None and number_of(node.expression) is not None:
        node.set("this", exp.cast(node.this, "BIGINT"))
    return None


def _safe_divide(node: Node) -> Node:
    if (number_of(node.expression) or 0) > 0:
        return fill("CAST(_a AS DOUBLE) / _b", "float", _a=node.this, _b=node.expression)
    return fill("CAST(_a AS DOUBLE) / NULLIF(_b, 0)", "float", _a=node.this, _b=node.expression)


def _count_if(node: Node) -> Node:
    if isinstance(node.this, exp.Distinct):
        raise RefusedError("COUNTIF(DISTINCT ...): write COUNT(DISTINCT IF(...))", node)
    return fill("COUNT(CASE WHEN _a THEN 1 END)", "int", _a=node.this)


def _parenthesised(node: Node) -> Node | None:
    # sqlglot writes DIV(a, b) and MOD(a, b) as operators without brackets: 2 * DIV(a, b) would change its meaning, and
    # so would DIV(a + 1, b).
    inner = node.copy()
    bare = [side for side in ("this", "expression") if isinstance(inner.args[side], (exp.Binary, exp.Unary))]
    bare = [side for side in bare if not isinstance(inner.args[side], exp.Paren)]
    if isinstance(node.parent, exp.Paren) and not bare:
        return None
    for side in bare:
        inner.set(side, exp.Paren(this=inner.args[side]))
    result = exp.Paren(this=inner)
    result.meta.update({"kind": "int"})
    return result


_DOMAINS: dict[type[Node], str] = {
    exp.Sqrt: "_a < 0", exp.Ln: "_a <= 0", exp.Asin: "ABS(_a) > 1", exp.Acos: "ABS(_a) > 1", exp.Exp: "_a > 709.782e0"
}  # fmt: skip


def _domain(node: Node) -> Node | None:
    # Where BigQuery fails, DuckDB would go on with NaN or an infinity.
    name = node.key.upper()
    node.set(
        "this",
        fill(f"CASE WHEN {_DOMAINS[type(node)]} THEN ERROR('{name}: out of range') ELSE _a END", _a=node.this),
    )
    return None


def _power(node: Node) -> Node | None:
    exponent = number_of(node.expression)
    if exponent is not None and exponent >= 0:
        return None
    check = "CASE WHEN _r IS NULL OR ISFINITE(CAST(_r AS DOUBLE)) THEN _r ELSE ERROR('POW: out of range') END"
    return fill(check, "float", _r=node)


_DAY = r"(?:[1-9]\d{3}|0[1-9]\d{2}|00[1-9]\d|000[1-9])-\d{1,2}-\d{1,2}"
_TIME = r"(?:[01]?\d|2[0-3]):\d{1,2}:\d{1,2}(?:\.\d{1,6})?"
_FROM_TEXT = {
    "BIGINT": r"^\s*([+-]?\d+|0[xX][0-9a-fA-F]+)\s*$",
    "DATE": rf"^({_DAY})$",
    "BOOLEAN": r"^(true|false)$",
    "DOUBLE": r"^\s*([+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|(?i:inf|infinity|nan)))\s*$",
    "TIMESTAMPTZ": rf"^({_DAY}(?:[ T]{_TIME}\s?(?:Z|[+-]\d{{1,2}}(?::?\d{{2}})?)?)?)$",
}
"""What BigQuery reads from text; DuckDB's own casts accept more ('1.5' as an integer, 'yes' as a truth value)."""
_SHORTEST = (
    "CASE WHEN CAST(PRINTF('%.15g', _d) AS DOUBLE) = _d OR ISNAN(_d) THEN PRINTF('%.15g', _d) "
    "ELSE PRINTF('%.17g', _d) END"
)
_MICROS = r"REGEXP_REPLACE(STRFTIME(_t, '%Y-%m-%d %H:%M:%S.%f'), '(\.000000|000)$', '') || '+00'"


_TARGETS = {*_FROM_TEXT, "TEXT", "DECIMAL", "ARRAY", "STRUCT"}


def _to_text(value: Node, kind: str) -> Node | None:
    if kind in {"int", "string", "bool", "date", "null"}:
        return None
    if kind == "float":
        return fill(_SHORTEST, "string", _d=fill("CAST(_x AS DOUBLE) + 0.0e0", _x=value))
    # Through text, so that DuckDB can bind each branch whatever the type; TYPEOF is constant and the others vanish.
    text = fill("CAST(_x AS TEXT)", _x=value)
    double, micros = template(_SHORTEST).sql("duckdb"), template(_MICROS).sql("duckdb")
    return fill(
        f"CASE WHEN TYPEOF(_x) = 'DOUBLE' THEN {double} "
        f"WHEN TYPEOF(_x) = 'TIMESTAMP WITH TIME ZONE' THEN {micros} "
        r"WHEN TYPEOF(_x) LIKE 'DECIMAL%' THEN REGEXP_REPLACE(_s, '\.?0+$', '') ELSE _s END",
        "string",
        _x=value,
        _s=text,
        _d=fill("TRY_CAST(_s AS DOUBLE) + 0.0e0", _s=text),
        _t=fill("TRY_CAST(_s AS TIMESTAMPTZ) AT TIME ZONE 'UTC'", _s=text),
    )


def _cast(node: Node) -> Node | None:
    if not isinstance(node, exp.Cast) or node.args.get("format"):
        raise RefusedError("CAST ... FORMAT is not verified: write FORMAT_DATE or PARSE_DATE", node)
    to, value = node.to.this.name, node.this
    if to not in _TARGETS or (to == "DECIMAL" and node.to.expressions):
        raise RefusedError(f"CAST AS {node.to.sql('bigquery')} is not verified", node)
    if to == "DECIMAL":
        node.set("to", exp.DataType.build("DECIMAL(38, 9)"))
        return None
    if to == "TEXT":
        return _to_text(value, kind_of(value))
    return None if _casts_alike(value, to) else _from_text_or_number(value, to, safe=isinstance(node, exp.TryCast))


def _casts_alike(value: Node, to: str) -> bool:
    """True if DuckDB's plain cast does what BigQuery's does."""
    kind, text = kind_of(value), text_of(value)
    if (
        to not in _FROM_TEXT
        or kind in {"int", "bool", "null", "date", "timestamp"}
        or (kind, to) == ("float", "DOUBLE")
    ):
        return True
    if to == "BIGINT" and isinstance(value, exp.Round) and not value.args.get("decimals"):
        return True  # Already whole: DuckDB's half-to-even has nothing to round.
    if to == "BIGINT" and _is_hex(value):
        return True
    return text is not None and re.match(_FROM_TEXT[to], text) is not None


def _is_hex(value: Node) -> bool:
    """True for '0x' before the first digits of a hash, the one text that is certain to be a number."""
    joined = value.unnest()
    if not isinstance(joined, exp.DPipe) or text_of(joined.this) != "0x":
        return False
    digits = joined.expression.unnest()
    if not isinstance(digits, exp.Substring):
        return False
    source = digits.this.unnest()
    return (isinstance(source, exp.Column) and source.name == "data_hash") or isinstance(
        source.this if isinstance(source, exp.Lower) else source, exp.Hex | exp.SHA2 | exp.LowerHex
    )


def _from_text_or_number(value: Node, to: str, *, safe: bool) -> Node:
    verb, kind, result = "TRY_CAST" if safe else "CAST", kind_of(value), CAST_KINDS[to]
    folded = {"BOOLEAN": "LOWER(CAST(_x AS TEXT))", "TIMESTAMPTZ": "UPPER(CAST(_x AS TEXT))"}.get(
        to, "CAST(_x AS TEXT)"
    )
    parsed = f"{verb}(REGEXP_EXTRACT({folded}, '{_FROM_TEXT[to]}', 1) AS {to})"
    rounded = f"{verb}(ROUND(_f) AS {to})"
    if kind == "string":
        return fill(parsed, result, _x=value)
    if kind == "float" and to == "BIGINT":
        return fill(rounded, result, _f=value)
    middle = f"WHEN TYPEOF(_x) IN ('DOUBLE', 'FLOAT') THEN {rounded} " if to == "BIGINT" else ""
    return fill(
        f"CASE WHEN TYPEOF(_x) = 'VARCHAR' THEN {parsed} {middle}ELSE {verb}(_x AS {to}) END",
        result,
        _x=value,
        _f=fill("TRY_CAST(CAST(_x AS TEXT) AS DOUBLE)", _x=value),
    )


RULES: dict[type[Node], Callable[[Node], Node | None]] = {
    exp.Literal: _literal,
    exp.Div: _divide,
    exp.Mul: _multiply,
    exp.CountIf: _count_if,
    exp.Round: _round,
    exp.Trunc: _trunc,
    exp.Mod: _parenthesised,
    exp.IntDiv: _parenthesised,
    exp.Pow: _power,
    exp.SafeDivide: _safe_divide,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    **dict.fromkeys(_DOMAINS, _domain),
}
