"""What the rules of the translation are written with: templates of DuckDB SQL, and what a node says about itself.

In a template, names that begin with an underscore stand for subtrees; those have been rewritten before, because the
tree is worked from the leaves to the root.
"""

from __future__ import annotations

import functools

from sqlglot import exp, parse_one

Node = exp.Expr


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


@functools.cache
def template(text: str) -> Node:
    """The parsed template; copy it before use."""
    return parse_one(text, read="duckdb")


def fill(text: str, kind: str = "", **nodes: Node) -> Node:
    """The template with copies of the nodes in place of the names with an underscore; kind as in ``kind_of``."""
    root = exp.Paren(this=template(text).copy())
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
CAST_KINDS = {
    "TIMESTAMPTZ": "timestamp",
    "BIGINT": "int",
    "TEXT": "string",
    "DOUBLE": "float",
    "BOOLEAN": "bool",
    "DATE": "date",
}


def kind_of(node: Node) -> str:
    """What the node yields, if the node alone says so: int, float, string, bool, date, null; "" if it does not."""
    if "kind" in node.meta:
        return str(node.meta["kind"])
    if isinstance(node, exp.Literal):
        return "string" if node.is_string else "int" if node.this.isdigit() else "float"
    if isinstance(node, (exp.Paren, exp.Neg, exp.Window)):
        return kind_of(node.this)
    if isinstance(node, exp.Cast):
        return CAST_KINDS.get(node.to.this.name, "")
    return _KINDS.get(type(node), "")


def number_of(node: Node | None) -> int | None:
    """The value of an integer literal, also a negative one; None for anything else."""
    if isinstance(node, exp.Neg):
        value = number_of(node.this)
        return None if value is None else -value
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit():
        return int(node.this)
    return None


def text_of(node: Node | None) -> str | None:
    """The value of a string literal, plain or raw; None for anything else."""
    return str(node.this) if isinstance(node, exp.RawString) or (node is not None and node.is_string) else None
