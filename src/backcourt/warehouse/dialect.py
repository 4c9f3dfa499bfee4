"""BigQuery SQL for DuckDB: translation, house rules and the read-only check.

The warehouse's SQL is written once, in BigQuery's dialect. ``to_duckdb`` parses it with sqlglot, changes the tree where
DuckDB would answer otherwise (rewrite.py) and refuses whatever nobody has verified (verified.py). sqlglot is imported
on first use, so that commands that never touch SQL stay fast.
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcourt.errors import QueryError

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

_HELP = "write it with the constructs listed in backcourt/warehouse/verified.py"


@dataclass(frozen=True, slots=True)
class Translated:
    """A statement in DuckDB's dialect.

    Attributes:
        sql: The text, with parameters as ``$name``.
        parameters: The names of the parameters that stand in it; DuckDB accepts no others.
    """

    sql: str
    parameters: frozenset[str]


@functools.lru_cache(maxsize=512)
def to_duckdb(sql: str) -> Translated:
    """Translate one BigQuery statement.

    Args:
        sql: One statement; a closing semicolon and comments are fine, parameters are written ``@name``.

    Returns:
        The same statement for DuckDB.

    Raises:
        QueryError: The text cannot be parsed, is not exactly one statement, or uses a construct that DuckDB cannot be
            shown to compute alike.
    """
    from sqlglot import exp
    from sqlglot.dialects.duckdb import DuckDB
    from sqlglot.errors import ErrorLevel, UnsupportedError

    from backcourt.warehouse.rewrite import rewrite
    from backcourt.warehouse.templates import RefusedError

    tree = _parse(sql)
    parameters = set()
    for parameter in tree.find_all(exp.Parameter, exp.Placeholder, exp.SessionParameter):
        if not isinstance(parameter, exp.Parameter) or isinstance(parameter.this, exp.Parameter):
            raise QueryError("parameters have names", next_step="write @name instead of ? or @@name")
        parameters.add(parameter.name)
    try:
        text = DuckDB().generate(rewrite(tree), copy=False, unsupported_level=ErrorLevel.RAISE)
    except RecursionError as error:
        raise QueryError("the statement is nested too deeply", next_step="write it in fewer brackets") from error
    except RefusedError as error:
        raise QueryError(f"{error.reason}{_where(error.node)}", next_step=_HELP) from error
    except UnsupportedError as error:
        raise QueryError(str(error), next_step=_HELP) from error
    return Translated(text, frozenset(parameters))


def is_read_only(sql: str) -> bool:
    """True for one SELECT, WITH ... SELECT or set operation: a statement that changes nothing.

    Raises:
        QueryError: The text cannot be parsed or is not exactly one statement.
    """
    from sqlglot import exp

    tree = _parse(sql)
    return isinstance(tree, exp.Query) and not tree.find(exp.DML, exp.DDL, exp.Into, exp.Command)


def _parse(sql: str) -> exp.Expr:
    """The syntax tree of the one statement in the text."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import ParseError, TokenError

    try:
        # sqlglot logs what it keeps as an opaque command; it is refused below with a message of our own.
        logging.getLogger("sqlglot").disabled = True
        trees = [tree for tree in sqlglot.parse(sql, read="bigquery") if tree and not isinstance(tree, exp.Semicolon)]
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        line, column = first.get("line"), first.get("col")
        near = first.get("highlight") or ""
        message = f"line {line}, column {column}: {first.get('description', error)}"
        raise QueryError(f"{message}, near {near!r}", next_step="correct the statement (BigQuery SQL)") from error
    except RecursionError as error:
        raise QueryError("the statement is nested too deeply", next_step="write it in fewer brackets") from error
    except TokenError as error:
        raise QueryError(_token_message(sql, error), next_step="close the quote, comment or bracket") from error
    finally:
        logging.getLogger("sqlglot").disabled = False
    if len(trees) != 1:
        found = "no statement" if not trees else f"{len(trees)} statements"
        raise QueryError(f"{found} where one is expected", next_step="give exactly one statement at a time")
    tree = trees[0]
    if not isinstance(tree, (exp.Query, exp.DML, exp.DDL, exp.TruncateTable, exp.Drop)) or isinstance(
        tree, exp.Command
    ):
        first_word = sql.split(maxsplit=1)[0]
        raise QueryError(
            f"line 1, column 1: {first_word!r} does not begin a statement that the warehouse runs",
            valid=("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE TABLE", "DROP TABLE", "TRUNCATE"),
            next_step="scripts and transactions are driven from Python",
        )
    return tree


def _position(node: exp.Expr) -> tuple[int, int] | None:
    """Line and column of the node, of the first name inside it, or of the first name inside a node around it."""
    around: exp.Expr | None = node
    while around is not None:
        places = [(inner.meta["line"], inner.meta["col"]) for inner in around.walk() if "line" in inner.meta]
        if places:
            return min(places)
        around = around.parent
    return None


def _where(node: exp.Expr) -> str:
    place = _position(node)
    return f" (line {place[0]}, column {place[1]})" if place else ""


def _token_message(sql: str, error: Exception) -> str:
    start = getattr(error, "end", 0)
    line = sql.count("\n", 0, start) + 1
    return f"line {line}, column {start - sql.rfind(chr(10), 0, start)}: text that cannot be read, {error}"


_CALLS = {
    "AVG": "no AVG: keep the sum and the count as integers and form the ratio once, with SAFE_DIVIDE",
    "FARM_FINGERPRINT": "no FARM_FINGERPRINT: write TO_HEX(SHA256(...))",
}
_WORDS = {
    "/": "write SAFE_DIVIDE(a, b) instead of a / b",
    "DECLARE": "no DECLARE: scripts are driven from Python, values are parameters",
    "ASSERT": "no ASSERT: checks belong to the audit",
    "ISOWEEK": "no ISOWEEK: write WEEK(MONDAY)",
    "INFORMATION_SCHEMA": "no INFORMATION_SCHEMA: metadata is read through the warehouse adapter",
    "MERGE": "no MERGE: publishing is the engine's work",
}
_PAIRS = {
    ("SAFE", "."): "no SAFE. prefix: write a condition, SAFE_CAST or SAFE_DIVIDE",
    ("INSERT", "ROW"): "no INSERT ROW: name the columns",
}
_BEGINNINGS = {"SELECT", "WITH", "(", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "TRUNCATE"}


def lint(sql: str) -> list[str]:
    """Check the text of an SQL file against the house rules.

    Args:
        sql: The text of a file.

    Returns:
        One line for each violation, in the order of the text: "line 12: write SAFE_DIVIDE(a, b) instead of a / b". A
        text without any is also translated, and what DuckDB cannot be shown to compute alike is the last violation.
    """
    from sqlglot.errors import TokenError

    try:
        lines = words_that_break_rules(sql)
    except TokenError as error:
        return [_token_message(sql, error)]
    if not lines:
        try:
            to_duckdb(sql)
        except QueryError as error:
            lines.append(str(error))
    return lines


def words_that_break_rules(sql: str) -> list[str]:
    """What ``lint`` finds in a statement's words alone, as lines of the same form."""
    import sqlglot

    tokens = list(sqlglot.tokenize(sql, read="bigquery"))
    broken = ((token.line, _broken_rule(tokens, index)) for index, token in enumerate(tokens))
    return [f"line {line}: {rule}" for line, rule in broken if rule]


def _broken_rule(tokens: list[Token], index: int) -> str:
    """The house rule that the token at that index breaks, "" if none."""
    kind, word = tokens[index].token_type.name, tokens[index].text.upper()
    following = tokens[index + 1].text.upper() if index + 1 < len(tokens) else ""
    if kind == "IDENTIFIER":
        return _WORDS["INFORMATION_SCHEMA"] if "INFORMATION_SCHEMA" in word.split(".") else ""
    rule = "" if "STRING" in kind else _WORDS.get(word) or _PAIRS.get((word, following), "")
    if following == "(" and word in _CALLS:
        rule = _CALLS[word]
    elif word == "COUNTIF" and _word_after_call(tokens, index + 1) == "OVER":
        rule = "no COUNTIF(...) OVER: write COUNT(CASE WHEN ... THEN 1 END) OVER"
    elif word == ";" and following:
        rule = "one statement a file: scripts are driven from Python"
    elif not rule and (index == 0 or tokens[index - 1].text == ";") and word not in _BEGINNINGS:
        rule = f"no {word}: scripts and transactions are driven from Python"
    return rule


def _word_after_call(tokens: list[Token], opening: int) -> str:
    """The word after the bracket that closes the one at that index."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index].text, 0)
        if depth == 0:
            return tokens[index + 1].text.upper() if index + 1 < len(tokens) else ""
    return ""
