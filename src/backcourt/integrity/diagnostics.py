"""The diagnostic queries: read-only questions about a warehouse, one file each in ``queries``.

A file begins with a header of comment lines, each entry on one line or continued by two more blanks::

    -- Title: Dates that failed, and why
    -- Purpose: When to ask it,
    --   and what the answer means.
    -- Parameter start_date DATE = earliest: first game date
    -- Parameter player STRING: normalised name

A parameter without a default has to be given. Values are always bound, never written into the statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast, get_args

from backcourt.calendar import DateRange, parse_date
from backcourt.catalog.views import IN_RANGE, SqlFiles
from backcourt.errors import BackcourtError, UnknownNameError
from backcourt.processors.registry import select
from backcourt.warehouse.base import Parameters, Session, Value

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["DATE", "INT64", "STRING", "TABLE"]
"""Type of a parameter: BigQuery's, or TABLE, a STRING that names a computed table or says all."""
ENDS = {"earliest": date.min, "latest": date.max}
"""Words for a DATE that leaves one side open."""
_EVERY_TABLE = "all"
_QUERIES = SqlFiles("backcourt.integrity", "queries")
_LARGEST = 2**63 - 1
_ENTRY = re.compile(r"-- (Title|Purpose|Parameter (\w+) (\w+)(?: = (\S+))?): (.+)")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A value that a query is asked with.

    Attributes:
        name: Its name in the statement, without the @.
        kind: Its type.
        default: What it is if nothing is given, as one would type it; None if it has to be given.
        description: What it means.
    """

    name: str
    kind: Kind
    default: str | None
    description: str

    @property
    def sql_type(self) -> str:
        """BigQuery's type of the bound value."""
        return "STRING" if self.kind == "TABLE" else self.kind

    def value(self, text: str) -> Value:
        """The value that is bound for what somebody typed.

        Raises:
            BackcourtError: If the text is not a value of that type.
        """
        if self.kind == "DATE":
            return ENDS.get(text) or parse_date(text, self.name)
        if self.kind == "TABLE":
            return text if text == _EVERY_TABLE else select(tables=(text,))[0].table.full_name
        if self.kind == "STRING":
            if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in text):
                raise BackcourtError(f"{self.name} {text!a} is not text", next_step="write it in UTF-8")
            return text
        if not (text.isascii() and text.isdigit()) or len(text) > len(str(_LARGEST)) or int(text) > _LARGEST:
            raise BackcourtError(f"{self.name} {text!a} is not a whole number from 0 on", next_step="write digits only")
        return int(text)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A diagnostic query.

    Attributes:
        name: Name of its file without the ending.
        title: What it shows.
        purpose: When to ask it, and what the answer means.
        parameters: What it is asked with, in the order of the header.
        sql: One SELECT in BigQuery's SQL.
    """

    name: str
    title: str
    purpose: str
    parameters: tuple[QueryParameter, ...]
    sql: str

    def bind(self, given: Mapping[str, str]) -> Parameters:
        """The value of every parameter: what is given, else the default.

        Args:
            given: Values as typed, by name.

        Raises:
            UnknownNameError: If the query has no parameter of a name.
            BackcourtError: If a value has the wrong type, or one without a default is missing.
            DateRangeError: If the range of dates is reversed.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise UnknownNameError(
                    "parameter", name, known, next_step=f"see them with: backcourt queries show {self.name}"
                )
        values: dict[str, Value] = {}
        for name, parameter in known.items():
            text = given.get(name, parameter.default)
            if text is None:
                raise BackcourtError(
                    f"{self.name} needs {name}: {parameter.description}", next_step=f"give it with -p {name}=VALUE"
                )
            values[name] = parameter.value(text)
        start, end = values.get("start_date"), values.get("end_date")
        if isinstance(start, date) and isinstance(end, date):
            DateRange(start, end)
        return values

    def run(self, session: Session, given: Mapping[str, str]) -> pa.Table:
        """The answer; as ``bind``.

        Args:
            session: An open session.
            given: Values as typed, by name.
        """
        return session.query(self.sql, self.bind(given))


@lru_cache(maxsize=1)
def diagnostics() -> tuple[Diagnostic, ...]:
    """Every query, by name."""
    return tuple(parse(name, _QUERIES(name, within=IN_RANGE)) for name in _QUERIES.names)


def diagnostic(name: str) -> Diagnostic:
    """The query of that name; underscores and capitals do not matter.

    Raises:
        UnknownNameError: If there is none.
    """
    wanted = name.strip().casefold().replace("_", "-")
    for found in diagnostics():
        if found.name == wanted:
            return found
    raise UnknownNameError(
        "query", name, [found.name for found in diagnostics()], next_step="list them with: backcourt queries list"
    )


def parse(name: str, text: str) -> Diagnostic:
    """A query from the text of its file.

    Args:
        name: Name of the file without the ending.
        text: Header and statement.

    Raises:
        ValueError: If the header lacks a part, has one twice, or a type is unknown.
    """
    lines = text.splitlines()
    length = next((number for number, line in enumerate(lines) if not line.startswith("-- ")), len(lines))
    # A line that goes on belongs to the one before it.
    header = "\n".join(lines[:length]).replace("\n--   ", " ").splitlines()
    parts: dict[str, str] = {}
    parameters: dict[str, QueryParameter] = {}
    for line in header:
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            raise ValueError(f"{name}: no entry of a header: {line}")
        what, parameter, kind, default, words = entry.groups()
        if (parameter or what) in {*parts, *parameters}:
            raise ValueError(f"{name}: {parameter or what} twice")
        if parameter is None:
            parts[what] = words
        elif kind in get_args(Kind):
            parameters[parameter] = QueryParameter(parameter, cast("Kind", kind), default, words)
        else:
            raise ValueError(f"{name}: {parameter} has the unknown type {kind}")
    if set(parts) != {"Title", "Purpose"}:
        raise ValueError(f"{name}: a header has a title and a purpose")
    sql = "\n".join(lines[length:]).strip() + "\n"
    return Diagnostic(name, parts["Title"], parts["Purpose"], tuple(parameters.values()), sql)
