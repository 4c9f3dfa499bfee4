"""Rows of the review: found by the short id that people type, kept as JSON, and put back as they were.

Values reach the warehouse as Arrow tables or as parameters, never in the text of a statement.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from backcourt.catalog import table
from backcourt.catalog.model import Table
from backcourt.errors import BackcourtError
from backcourt.names.asking import NAME_COLUMNS, NAME_KEY
from backcourt.names.resolve import same_name
from backcourt.warehouse.arrow import table_of
from backcourt.warehouse.base import Parameters, Session, Statement

Row = dict[str, Any]
"""One row of a reference table: its columns and their values."""
Key = tuple[str, ...]
"""Source, player_lookup, season and team_abbr."""

QUEUE = table("unresolved_player_names")
ALIASES = table("player_aliases")
DECISIONS = table("name_decisions")
REVIEWS = table("name_reviews")
OPEN = ("pending", "under_review", "snoozed")
"""Statuses in which a name still waits for a decision."""
STATUSES = (*OPEN, "resolved", "ignored", "invalid")
"""Every status of the queue."""
_DIGITS = 8
"""Hex digits of the id that people type."""
_SHOWN = 40
"""Characters of a name, or of what somebody typed, that a message repeats."""
_ID = "TO_HEX(SHA256(CONCAT(t.source, '|', t.player_lookup, '|', t.season, '|', t.team_abbr)))"


def name_id(source: str, player_lookup: str, season: str, team_abbr: str) -> str:
    """The short id of a queued name: 8 hex digits of the SHA-256 of its key.

    Args:
        source: Table or feed that carries it.
        player_lookup: Its normal form.
        season: "2021-22", or "".
        team_abbr: Tricode, or "".
    """
    return _digest((source, player_lookup, season, team_abbr))[:_DIGITS]


def key_of(row: Mapping[str, Any]) -> Key:
    """The key of a row about a name."""
    return tuple(str(row[name]) for name in NAME_KEY)


def named(row: Mapping[str, Any]) -> str:
    """A name for a message: short, on one line, without signs that a terminal obeys."""
    text = str(row["original_name"])
    return f"{text[:_SHOWN]!r}{'...' if len(text) > _SHOWN else ''}"


def about(row: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The condition, with its parameters, that a row t is about the same name as this one."""
    return " AND ".join(f"t.{name} = @{name}" for name in NAME_KEY), dict(zip(NAME_KEY, key_of(row), strict=True))


def find(session: Session, text: str, where: Table = QUEUE) -> Row:
    """The row of an id, or of the beginning of one that no other name's id has.

    Args:
        session: An open session.
        text: The id as typed.
        where: The queue, or the decisions.

    Raises:
        BackcourtError: If there is no such name, or several.
    """
    digits = text.strip().lower()
    decided = where.name == DECISIONS.name
    listed = "backcourt names decided TEXT" if decided else "backcourt names pending"
    pending = f"see the names and their ids with: {listed}"
    if not re.fullmatch(r"[0-9a-f]{1,64}", digits):
        raise BackcourtError(
            f"{text[:_SHOWN]!r} is not the id of a name", valid=[f"{_DIGITS} hex digits"], next_step=pending
        )
    found = select(session, where, f"STARTS_WITH({_ID}, @digits)", {"digits": digits})
    if not found:
        what = "no decided name" if decided else "no name in the queue"
        raise BackcourtError(f"{what} has the id {digits[:_SHOWN]}", next_step=pending)
    if len(found) > 1:
        hashes = [_digest(key_of(row)) for row in found]
        length = next(n for n in range(_DIGITS, 65) if len({full[:n] for full in hashes}) == len(hashes))
        raise BackcourtError(
            f"{len(found)} names have ids that begin with {digits[:_SHOWN]}",
            valid=[full[:length] for full in sorted(hashes)[:5]],
            next_step=f"type more digits; {pending}",
        )
    return found[0]


def select(session: Session, found: Table, condition: str = "TRUE", parameters: Parameters | None = None) -> list[Row]:
    """Rows of a reference table (alias t in the condition), in the order of its key."""
    columns = ", ".join(f"t.{column.name}" for column in found.columns)
    order = ", ".join(f"t.{name}" for name in found.key)
    rows: list[Row] = session.query(
        f"SELECT {columns} FROM {found.full_name} AS t WHERE {condition} ORDER BY {order}", parameters
    ).to_pylist()
    return rows


def put(session: Session, found: Table, rows: Sequence[Row]) -> tuple[Statement, ...]:
    """The statements that write rows over those of the same key; a transaction puts rows of a table once."""
    if not rows:
        return ()
    typed = ", ".join(f"{column.name} {column.type}" for column in found.columns)
    values = ([row[column.name] for column in found.columns] for row in rows)
    staged = session.stage_arrow(f"review_{found.name}", table_of(typed, values))
    columns = ", ".join(column.name for column in found.columns)
    stored = ", ".join(column.stored() for column in found.columns)
    same = " AND ".join(f"s.{name} = t.{name}" for name in found.key)
    return (
        Statement(f"DELETE FROM {found.full_name} AS t WHERE EXISTS (SELECT 1 FROM {staged} AS s WHERE {same})"),
        Statement(
            f"INSERT INTO {found.full_name} ({columns}) SELECT {stored} FROM {staged} ORDER BY {', '.join(found.key)}"
        ),
    )


def stage_keys(session: Session, keys: Iterable[Key], *, stage: str) -> str:
    """Stage keys of names; returns the table's full name."""
    return session.stage_arrow(f"review_{stage}", table_of(NAME_COLUMNS, sorted(keys)))


def drop(found: Table, names: str) -> Statement:
    """The statement that deletes the rows of staged names."""
    return Statement(
        f"DELETE FROM {found.full_name} AS t WHERE EXISTS (SELECT 1 FROM {names} AS n WHERE {same_name('n')})"
    )


def as_json(value: Mapping[str, Any]) -> str:
    """A row, or rows by name, as a JSON object; dates and times in ISO form."""
    return json.dumps(value, default=lambda other: other.isoformat(), ensure_ascii=False, sort_keys=True)


def from_json(found: Table, stored: Mapping[str, Any]) -> Row:
    """A row of a table from what ``as_json`` made of it; a column that came later is NULL."""
    readers: dict[str, Callable[[str], Any]] = {"DATE": date.fromisoformat, "TIMESTAMP": datetime.fromisoformat}
    row: Row = {}
    for column in found.columns:
        value = stored.get(column.name)
        reader = readers.get(column.type)
        row[column.name] = reader(value) if reader and value is not None else value
    return row


def later_than_all(session: Session, found: Table, column: str, now: datetime) -> datetime:
    """The given time, or a microsecond after the newest one stored: what is done later is later for any clock."""
    newest = session.rows(f"SELECT MAX(t.{column}) FROM {found.full_name} AS t")[0][0]
    return max(now, newest + timedelta(microseconds=1)) if isinstance(newest, datetime) else now


def as_day(value: object) -> date:
    """A date as a small query returns it."""
    return date.fromisoformat(str(value))


def _digest(key: Sequence[str]) -> str:
    return sha256("|".join(key).encode()).hexdigest()
