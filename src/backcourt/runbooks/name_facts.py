"""What the warehouse says about names, as rows: who is registered, which names have no id, whom tables missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from backcourt.calendar import DateRange
from backcourt.catalog.views import SqlFiles, season_of
from backcourt.integrity.reprocessing import Missed
from backcourt.names.asking import DECISIONS
from backcourt.names.carriers import CARRIERS
from backcourt.names.people import REGISTRY
from backcourt.warehouse.base import Session

_SQL = SqlFiles("backcourt.runbooks", parts={"season_of_r": season_of("r")})
Row = dict[str, Any]
"""Values by column."""
STEPS = ("id", "alias", "exact_context", "exact", "suffix", "short_form", "swapped", "one_edit", "review")
"""The steps that decide, in the order in which a name passes them; a reviewer's own decision comes last."""
_LONGEST = 80
"""Characters of a name that is shown; whatever is longer is not a name."""
_PLAIN = ("id", "exact", "exact_context")
"""Steps whose name is the official one, or that rest on an earlier decision: nothing to look at."""


def listed(session: Session, seasons: Sequence[str]) -> dict[str, Row]:
    """Registered players and teams of seasons, and the newest game that the registry knows (players, teams, known)."""
    rows = _query(
        session,
        _SQL("registered"),
        {"seasons": list(seasons)},
    )
    return {row["season"]: row for row in rows}


def newest_games(session: Session, seasons: Sequence[str]) -> dict[str, Any]:
    """The newest date with a box score of the league, by season."""
    rows = _query(
        session,
        _SQL("newest_games"),
        {"seasons": list(seasons)},
    )
    return {row["season"]: row["newest"] for row in rows}


def last_filled(session: Session) -> datetime | None:
    """When the registry was last filled (UTC); None if it never was."""
    found = session.rows(
        "SELECT MAX(started_at) FROM nba_reference.processor_run_history "
        f"WHERE processor_name = '{REGISTRY.rpartition('.')[2]}' AND status = 'success'"
    )[0][0]
    return found if isinstance(found, datetime) else None


def asked(session: Session) -> list[Row]:
    """Names without an id by raw table, counted as they are asked (source, names, n for rows, first, last)."""
    selects = [
        _SQL(
            "without_id",
            source=carrier.table.name,
            day=f"r.{carrier.day}" if carrier.day else "CAST(NULL AS DATE)",
            team=carrier.team_of("r"),
        )
        for carrier in CARRIERS.values()
    ]
    return [row for sql in selects for row in _query(session, sql) if row["names"]]


def unlike(session: Session, run_id: str) -> list[Row]:
    """Names that a run resolved though their letters are not those of the official name."""
    return _query(
        session,
        _SQL("unlike"),
        {"run_id": run_id, "plain": list(_PLAIN)},
    )


def by_step(session: Session, seasons: Sequence[str]) -> dict[str, int]:
    """How many names of seasons were decided, by step."""
    rows = _query(
        session,
        f"SELECT step, COUNT(*) AS n FROM {DECISIONS} WHERE season IN UNNEST(@seasons) GROUP BY step",
        {"seasons": list(seasons)},
    )
    return {row["step"]: row["n"] for row in rows}


def lost(session: Session, span: DateRange) -> list[Row]:
    """Whom tables missed in a range (processor_name, status, people, n for records, first, last)."""
    return _query(
        session,
        _SQL("missed_people"),
        {"start": span.start, "end": span.end},
    )


def open_dates(session: Session, span: DateRange) -> list[Row]:
    """Dates of a range on which tables miss names that nobody decided yet (processor_name, game_date, people)."""
    return _query(
        session,
        _SQL("open_dates"),
        {"start": span.start, "end": span.end},
    )


def due(found: Sequence[Missed], span: DateRange) -> tuple[Missed, ...]:
    """Of what was missed, the dates of a range; the number of names stays that of the season."""
    inside = [(item, tuple(day for day in item.days if span.start <= day <= span.end)) for item in found]
    return tuple(replace(item, days=days) for item, days in inside if days)


def printed(name: str) -> str:
    """A name on one line, signs that are not to be seen spelled out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name[:_LONGEST])


def _query(session: Session, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    rows: list[Row] = session.query(sql, parameters).to_pylist()
    return rows
