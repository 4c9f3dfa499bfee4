"""What the warehouse says about names, as rows: who is registered, which names have no id, whom tables missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from backcourt.calendar import DateRange
from backcourt.integrity.reprocessing import Missed
from backcourt.names.asking import DECISIONS, season_of
from backcourt.names.carriers import CARRIERS, Carrier
from backcourt.names.people import REGISTRY
from backcourt.names.resolve import FAILURES
from backcourt.warehouse.base import Session

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
        "SELECT season, COUNT(DISTINCT player_id) AS players, COUNT(DISTINCT team_abbr) AS teams, "
        f"MAX(last_gamebook_activity_date) AS known FROM {REGISTRY} WHERE season IN UNNEST(@seasons) GROUP BY season",
        {"seasons": list(seasons)},
    )
    return {row["season"]: row for row in rows}


def newest_games(session: Session, seasons: Sequence[str]) -> dict[str, Any]:
    """The newest date with a box score of the league, by season."""
    rows = _query(
        session,
        f"""
        SELECT {season_of("b")} AS season, MAX(b.game_date) AS newest
        FROM (
          SELECT season_year, game_date FROM nba_raw.nbac_player_boxscore
          UNION ALL
          SELECT season_year, game_date FROM nba_raw.nbac_gamebook_player_stats
        ) AS b
        WHERE {season_of("b")} IN UNNEST(@seasons)
        GROUP BY 1""",
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
    found = [row for carrier in CARRIERS.values() for row in _query(session, _asked(carrier))]
    return [row for row in found if row["names"]]


def unlike(session: Session, run_id: str) -> list[Row]:
    """Names that a run resolved though their letters are not those of the official name."""
    return _query(
        session,
        "SELECT d.original_name, d.source, d.season, d.team_abbr, d.player_id, d.step, d.evidence, (SELECT "
        f"MAX(r.player_name) FROM {REGISTRY} AS r WHERE r.player_id = d.player_id AND r.season IN ('', d.season)) "
        f"AS player_name FROM {DECISIONS} AS d WHERE d.run_id = @run_id AND d.step NOT IN UNNEST(@plain) "
        "ORDER BY d.step, d.source, d.season, d.team_abbr, d.player_lookup",
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
        "SELECT processor_name, status, COUNT(DISTINCT player_lookup) AS people, COUNT(*) AS n, "
        f"MIN(game_date) AS first, MAX(game_date) AS last FROM {FAILURES} WHERE game_date BETWEEN @start AND @end "
        "GROUP BY processor_name, status ORDER BY processor_name, status",
        {"start": span.start, "end": span.end},
    )


def open_dates(session: Session, span: DateRange) -> list[Row]:
    """Dates of a range on which tables miss names that nobody decided yet (processor_name, game_date, people)."""
    return _query(
        session,
        f"SELECT processor_name, game_date, COUNT(*) AS people FROM {FAILURES} WHERE status = 'pending' "
        "AND game_date BETWEEN @start AND @end GROUP BY processor_name, game_date ORDER BY processor_name, game_date",
        {"start": span.start, "end": span.end},
    )


def due(found: Sequence[Missed], span: DateRange) -> tuple[Missed, ...]:
    """Of what was missed, the dates of a range; the number of names stays that of the season."""
    inside = [(item, tuple(day for day in item.days if span.start <= day <= span.end)) for item in found]
    return tuple(replace(item, days=days) for item, days in inside if days)


def printed(name: str) -> str:
    """A name on one line, signs that are not to be seen spelled out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name[:_LONGEST])


def _asked(carrier: Carrier) -> str:
    day = f"r.{carrier.day}" if carrier.day else "CAST(NULL AS DATE)"
    return (
        f"SELECT '{carrier.table.name}' AS source, COUNT(*) AS n, MIN({day}) AS first, MAX({day}) AS last, "
        f"COUNT(DISTINCT CONCAT(r.player_lookup, '|', {season_of('r')}, '|', {carrier.team_of('r')})) AS names "
        f"FROM {carrier.table.full_name} AS r WHERE r.player_id IS NULL"
    )


def _query(session: Session, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    rows: list[Row] = session.query(sql, parameters).to_pylist()
    return rows
