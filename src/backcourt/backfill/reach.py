"""What reads a game date: the dates whose windows hold it, window by window as the catalog declares them.

A change of one game is followed through "newest games" windows of exactly its teams or players.
"""

from __future__ import annotations

from collections.abc import Sequence

from backcourt.backfill.gate import VANISHED_DETAIL
from backcourt.backfill.inputs import read_through
from backcourt.catalog.model import Upstream, Window
from backcourt.catalog.views import WINDOW_TYPES, view
from backcourt.processors.base import Processor
from backcourt.processors.lineage import Group, through_views

CALENDAR = "plan_calendar"
"""Where the scheduled dates are staged."""
_NEVER = "DATE '9999-12-31'"


def reached(processor: Processor, upstream: Upstream, window: Window, due: str, carried: str = "in_run") -> str:
    """SELECT of a table's dates whose window holds a date of the upstream on which something changed that is read.

    Columns: game_date, season_year, day_number, detail (the upstream), classes (mask of the table's classes that depend
    on what changed) and the carried column; a date may come more than once.

    Args:
        processor: Who reads.
        upstream: Which table is read.
        window: Through which window.
        due: Where the upstream's dates are staged: game_date, season_year, classes (mask of its classes that may have
            changed) and the carried column; for windows of newest games, what ``changed_games`` selects is staged as
            the same name with _games behind it.
        carried: A column that a reached date takes over.
    """
    found = read_through(processor, upstream, window)
    if window.span == "date":
        found = [*found, *through_views(processor, upstream.table)]
    found = found or [Group((), 0, 0)]
    if window.span == "season":
        # One season's first date is enough for each group of columns.
        return " UNION ALL ".join(_reached(upstream, window, due, carried, [group]) for group in found)
    return _reached(upstream, window, due, carried, found)


def _reached(upstream: Upstream, window: Window, due: str, carried: str, read: Sequence[Group]) -> str:
    calendar = f"nba_staging.{CALENDAR}"
    mask = 0
    for group in read:
        mask |= group.read
    only = f"(u.classes & {mask}) <> 0"
    classes = " | ".join(f"IF((u.classes & {group.read}) <> 0, {group.changes}, 0)" for group in read)
    columns = (
        f"SELECT DISTINCT d.game_date, d.season_year, d.day_number, '{upstream.table}' AS detail, "
        f"({classes}) AS classes, u.{carried}"
    )
    if window.span == "games":
        return (
            f"{columns} FROM {calendar} AS d INNER JOIN ({_turnover(upstream, window, due, carried)}) AS u "
            f"ON u.season_year = d.season_year AND d.game_date > u.game_date AND d.game_date <= u.last_day AND {only}"
        )
    if window.span == "season":
        first = (
            f"SELECT season_year, {carried}, {mask} AS classes, MIN(game_date) AS game_date FROM {due} AS u "
            f"WHERE {only} GROUP BY season_year, {carried}"
        )
        return (
            f"{columns} FROM {calendar} AS d INNER JOIN ({first}) AS u "
            "ON u.season_year = d.season_year AND d.game_date > u.game_date"
        )
    reach = (
        "d.game_date = u.game_date"
        if window.span == "date"
        else "u.season_year = d.season_year AND d.game_date > u.game_date "
        f"AND d.game_date <= DATE_ADD(u.game_date, INTERVAL {window.size} DAY)"
    )
    return f"{columns} FROM {calendar} AS d INNER JOIN {due} AS u ON {reach} AND {only}"


def _turnover(upstream: Upstream, window: Window, due: str, carried: str) -> str:
    """SELECT of the teams or players of changed games: the game's date and the last date that still reads it."""
    games = f"{due}_games"
    owner = window.by
    lines = (
        f"SELECT {owner}, season_year, game_date FROM {upstream.table} WHERE season_type IN {WINDOW_TYPES} "
        f"AND season_year IN (SELECT season_year FROM {games})"
    )
    if owner == "player_id":
        who = " UNION DISTINCT ".join(
            f"SELECT b.player_id, g.season_year, g.game_date, g.classes, g.{carried} FROM {source} AS b "
            f"INNER JOIN {games} AS g ON g.game_id = b.game_id AND g.game_date = b.game_date"
            for source in (upstream.table, f"({view('appearances')})")
        )
    else:
        who = " UNION DISTINCT ".join(
            f"SELECT s.{side} AS {owner}, g.season_year, g.game_date, g.classes, g.{carried} "
            "FROM nba_raw.nbac_schedule AS s "
            f"INNER JOIN {games} AS g ON g.game_id = s.game_id AND g.game_date = s.game_date"
            for side in ("home_team_tricode", "away_team_tricode")
        )
    return f"""
        SELECT w.season_year, w.game_date, w.classes, w.{carried}, MAX(COALESCE(l.last_day, {_NEVER})) AS last_day
        FROM ({who}) AS w
        INNER JOIN (
          SELECT
            {owner}, season_year, game_date,
            LEAD(game_date, {window.size}) OVER (PARTITION BY {owner}, season_year ORDER BY game_date) AS last_day
          FROM (
            {lines}
            UNION DISTINCT
            SELECT {owner}, season_year, game_date FROM ({who})
          )
        ) AS l ON l.{owner} = w.{owner} AND l.game_date = w.game_date
        GROUP BY w.season_year, w.game_date, w.classes, w.{carried}
        UNION ALL
        -- Whose games they were, the schedule does not say any more.
        SELECT season_year, game_date, classes, {carried}, {_NEVER} AS last_day
        FROM {due} WHERE detail = '{VANISHED_DETAIL}'"""


def changed_games(due: str, carried: str = "in_run") -> str:
    """SELECT of the games of the due dates that changed; all games of a date that is due for another reason."""
    return f"""
        SELECT DISTINCT s.game_id, s.game_date, s.season_year, u.classes, u.{carried}
        FROM nba_raw.nbac_schedule AS s
        INNER JOIN {due} AS u ON u.game_date = s.game_date
        WHERE s.season_type IN {WINDOW_TYPES}
          AND (u.reason <> 'stale' OR u.detail = 'older code' OR STRPOS(u.detail, s.game_id) > 0)"""
