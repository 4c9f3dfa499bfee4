"""Rules for text, dates and timestamps: where DuckDB's functions of the same name answer otherwise than BigQuery's."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from sqlglot import exp

from backcourt.warehouse.templates import Node, RefusedError, fill, number_of, text_of
from backcourt.warehouse.verified import DATE_FORMATS

WHITESPACE = "".join(map(chr, [*range(9, 14), 32, 133, 160, 5760, *range(8192, 8203), 8232, 8233, 8239, 8287, 12288]))


def _never_null(node: Node) -> bool:
    if isinstance(node, exp.Coalesce):
        return any(_never_null(part) for part in (node.this, *node.expressions))
    return isinstance(node, exp.Literal)


def _concat(node: Node) -> Node:
    """CONCAT yields NULL if a part is NULL, and DuckDB's CONCAT passes over it: the operator does not.

    Where no part can be NULL, DuckDB's function means the same and copies each part once instead of once per step.
    """
    if all(_never_null(part) for part in node.expressions):
        parts = [part.copy() for part in node.expressions]
        result: Node = exp.Anonymous(this="CONCAT", expressions=parts)
        result.meta["kind"] = "string"
        return result
    return exp.Paren(this=functools.reduce(lambda a, b: exp.DPipe(this=a, expression=b), node.expressions))


def _substring(node: Node) -> Node:
    start, length = node.args["start"], node.args.get("length")
    first = number_of(start)
    if first is None:
        position = fill(
            "CASE WHEN _p > 0 THEN _p WHEN _p = 0 THEN 1 WHEN _p < 0 THEN GREATEST(LENGTH(_s) + _p + 1, 1) END",
            _p=start,
            _s=node.this,
        )
    elif first < 0:
        position = fill(f"GREATEST(LENGTH(_s) + {first + 1}, 1)", _s=node.this)
    else:
        position = exp.Literal.number(max(first, 1))
    if length is None:
        return fill("SUBSTRING(_s, _p)", "string", _s=node.this, _p=position)
    if number_of(length) is None:
        length = fill("CASE WHEN _n < 0 THEN ERROR('SUBSTR: negative length') ELSE _n END", _n=length)
    return fill("SUBSTRING(_s, _p, _n)", "string", _s=node.this, _p=position, _n=length)


def _left_right(node: Node) -> Node | None:
    if number_of(node.expression) is None:
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
    pattern = text_of(node.this)
    rest = re.sub(r"%(%|0?\d*d|\d*s|0?\d*\.\d+f)", "", pattern or "%")
    if pattern is None or "%" in rest:
        raise RefusedError("FORMAT takes a literal with %d, %05d, %s, %.2f and %%", node)
    if pattern == "%d":
        # The digits of an integer and nothing else: a cast is several times as fast as PRINTF.
        return fill("CAST(_a AS TEXT)", "string", _a=node.expressions[0])
    arguments = []
    for specifier, argument in zip(
        re.findall(r"%[\d.]*([dsf])", pattern.replace("%%", "")), node.expressions, strict=True
    ):
        cast = {"d": "CAST(_a AS BIGINT)", "f": "CAST(_a AS DOUBLE)", "s": "_a"}[specifier]
        arguments.append(argument if specifier == "s" else fill(cast, _a=argument))
    result: Node = exp.Anonymous(this="PRINTF", expressions=[exp.Literal.string(pattern), *arguments])
    result.meta["kind"] = "string"
    return result


def _like(node: Node) -> Node | None:
    pattern = text_of(node.expression)
    if isinstance(node.parent, exp.Escape) or (pattern is not None and "\\" not in pattern):
        return None
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def _hex(node: Node) -> Node | None:
    digest = node.this
    if isinstance(digest, exp.SHA2Digest) and digest.args["length"].name == "256":
        return fill("SHA256(_a)", "string", _a=digest.this)
    if isinstance(digest, exp.MD5Digest):
        return fill("MD5(_a)", "string", _a=digest.this)
    raise RefusedError("TO_HEX is verified for SHA256 and MD5 only", node)


def _digest(node: Node) -> Node | None:
    if not isinstance(node.parent, (exp.LowerHex, exp.Hex)):
        raise RefusedError("a bare digest is BYTES: write TO_HEX(SHA256(...)) or TO_HEX(MD5(...))", node)
    return None


def _normalize(node: Node) -> Node | None:
    form = node.args.get("form")
    if not node.args.get("is_casefold") and (not form or form.name.upper() == "NFC"):
        return fill("NFC_NORMALIZE(_a)", "string", _a=node.this)
    raise RefusedError("NORMALIZE is verified for NFC only", node)


_DATE_UNITS = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}


def _as_date(node: Node) -> Node | None:
    unit = node.args.get("unit")
    if unit is not None and not isinstance(unit, exp.WeekStart) and unit.name.upper() not in _DATE_UNITS:
        raise RefusedError(f"{unit.name}: dates are counted in {', '.join(sorted(_DATE_UNITS))}", node)
    if isinstance(node.this, exp.Parameter):
        node.set("this", exp.cast(node.this, "DATE"))
    return exp.Cast(this=node.copy(), to=exp.DataType.build("DATE"))


def _extract(node: Node) -> Node | None:
    part = node.name.upper()
    if isinstance(node.this, exp.WeekStart) or part not in {
        "DAYOFWEEK", "DAY", "DAYOFYEAR", "MONTH", "QUARTER", "YEAR", "DATE", "HOUR", "MINUTE", "SECOND"
    }:  # fmt: skip
        raise RefusedError(f"EXTRACT({part} ...) is not verified", node)
    if part == "DATE":
        return fill("CAST(_a AS DATE)", "date", _a=node.expression)
    if part == "DAYOFWEEK":
        return fill("EXTRACT(DAYOFWEEK FROM _a) + 1", "int", _a=node.expression)
    return None


def _date_diff(node: Node) -> Node | None:
    unit = node.args.get("unit")
    if unit is not None and not isinstance(unit, exp.WeekStart) and unit.name.upper() not in _DATE_UNITS:
        raise RefusedError(f"{unit.name}: dates are counted in {', '.join(sorted(_DATE_UNITS))}", node)
    for side in ("this", "expression"):
        if isinstance(node.args[side], exp.Parameter):
            node.set(side, exp.cast(node.args[side], "DATE"))
    return None


def _timestamp_diff(node: Node) -> Node:
    unit = node.args["unit"].name.upper()
    if unit not in {"DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"}:
        raise RefusedError(f"TIMESTAMP_DIFF(..., {unit}) is not verified", node)
    # BigQuery counts whole units between two instants: DuckDB's DATE_SUB, whereas DATE_DIFF counts boundaries.
    return fill(
        f"CAST(TRUNC(DATE_SUB('microsecond', _b, _a) // {_MICROSECONDS[unit]}) AS BIGINT)",
        "int",
        _a=node.this,
        _b=node.expression,
    )


def _timestamp_step(node: Node) -> Node | None:
    unit = node.args["unit"]
    if isinstance(unit, exp.WeekStart) or unit.name.upper() not in {*_MICROSECONDS, "WEEK", "MONTH", "YEAR"}:
        raise RefusedError(f"{unit.name} is not verified for timestamps", node)
    if isinstance(node, exp.TimestampTrunc):
        return _instant(node)
    if unit.name.upper() not in _MICROSECONDS:
        raise RefusedError(f"BigQuery adds no {unit.name} to a timestamp", node)
    return exp.Paren(this=node.copy())


_MICROSECONDS = {"DAY": 86_400_000_000, "HOUR": 3_600_000_000, "MINUTE": 60_000_000, "SECOND": 1_000_000,
                 "MILLISECOND": 1_000, "MICROSECOND": 1}  # fmt: skip


def _date_format(node: Node) -> Node | None:
    pattern = text_of(node.args.get("format"))
    if pattern is None or set(re.findall(r"%.?", pattern)) - DATE_FORMATS:
        raise RefusedError(f"a date format is a literal with {' '.join(sorted(DATE_FORMATS))}", node)
    return None


def _instant(node: Node) -> Node | None:
    zone = node.args.get("zone") or (node.this if isinstance(node, exp.CurrentDate) else None)
    if zone is not None:
        raise RefusedError("a time zone is only verified in DATE(timestamp, zone)", node)
    return None


def _date(node: Node) -> Node | None:
    zone = node.args.get("zone")
    if zone is not None:
        return fill("CAST(_a AT TIME ZONE _z AS DATE)", "date", _a=node.this, _z=zone)
    return None


RULES: dict[type[Node], Callable[[Node], Node | None]] = {
    exp.Concat: _concat,
    exp.Substring: _substring,
    exp.Left: _left_right,
    exp.Right: _left_right,
    exp.Trim: _trim,
    exp.Pad: _pad,
    exp.Format: _format,
    exp.Like: _like,
    exp.LowerHex: _hex,
    exp.Hex: _hex,
    exp.SHA2Digest: _digest,
    exp.MD5Digest: _digest,
    exp.Normalize: _normalize,
    exp.DateAdd: _as_date,
    exp.DateSub: _as_date,
    exp.DateTrunc: _as_date,
    exp.LastDay: _as_date,
    exp.DateFromUnixDate: _as_date,
    exp.Extract: _extract,
    exp.DateDiff: _date_diff,
    exp.TimestampDiff: _timestamp_diff,
    exp.TimestampAdd: _timestamp_step,
    exp.TimestampSub: _timestamp_step,
    exp.TimestampTrunc: _timestamp_step,
    exp.TimeToStr: _date_format,
    exp.StrToDate: _date_format,
    exp.Date: _date,
    exp.Timestamp: _instant,
    exp.CurrentDate: _instant,
}
