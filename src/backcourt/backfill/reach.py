"""What reads a game date: the dates whose windows hold it, window by window as the catalog declares them.

A change of one game is followed through "newest games" windows of exactly its teams or players.
"""

from __future__ import annotations

from backcourt.backfill.expected import appearances
from backcourt.backfill.gate import VANISHED_DETAIL
from backcourt.catalog.model import Upstream, Window

CALENDAR = "plan_calendar"
"""Where the scheduled dates are staged."""
_NEVER = "DATE '9999-12-31'"


def reached(upstream: Upstream, window: Window, due: str, carried: str = "in_run") -> str:
    """SELECT of the dates whose window holds a date of the upstream.

    Columns: game_date, season_year, day_number, detail (the upstream) and the carried column.

    Args:
        upstream: Which table is read.
        window: Through which window.
        due: Where the upstream's dates are staged: game_date, season_year, keys_changed and the carried column; for
            windows of newest games, what ``changed_games`` selects is staged as the same name with _games behind it.
        carried: A column that a reached date takes over.
    """
    calendar = f"nba_staging.{CALENDAR}"
    only = " AND u.keys_changed" if window.rows == "keys" else ""
    columns = f"SELECT DISTINCT d.game_date, d.season_year, d.day_number, '{upstream.table}' AS detail, u.{carried}"
    if window.span == "games":
        return (
            f"{columns} FROM {calendar} AS d INNER JOIN ({_turnover(upstream, window, due, carried)}) AS u "
            "ON u.season_year = d.season_year AND d.game_date > u.game_date AND d.game_date <= u.last_day"
        )
    if window.span == "season":
        first = (
            f"SELECT season_year, {carried}, MIN(game_date) AS game_date FROM {due} AS u WHERE TRUE{only} "
            f"GROUP BY season_year, {carried}"
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
    return f"{columns} FROM {calendar} AS d INNER JOIN {due} AS u ON {reach}{only}"


def _turnover(upstream: Upstream, window: Window, due: str, carried: str) -> str:
    """SELECT of the teams or players of changed games: the game's date and the last date that still reads it."""
    games = f"{due}_games"
    owner = window.by
    lines = (
        f"SELECT {owner}, season_year, game_date FROM {upstream.table} WHERE season_type <> 'Cup Final' "
        f"AND season_year IN (SELECT season_year FROM {games})"
    )
    if owner == "player_id":
        who = " UNION DISTINCT ".join(
            f"SELECT b.player_id, g.season_year, g.game_date, g.{carried} FROM {source} AS b "
            f"INNER JOIN {games} AS g ON g.game_id = b.game_id AND g.game_date = b.game_date"
            for source in (upstream.table, f"({appearances()})")
        )
    else:
        who = " UNION DISTINCT ".join(
            f"SELECT s.{side} AS {owner}, g.season_year, g.game_date, g.{carried} FROM nba_raw.nbac_schedule AS s "
            f"INNER JOIN {games} AS g ON g.game_id = s.game_id AND g.game_date = s.game_date"
            for side in ("home_team_tricode", "away_team_tricode")
        )
    return f"""
        SELECT w.season_year, w.game_date, w.{carried}, MAX(COALESCE(l.last_day, {_NEVER})) AS last_day
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
        GROUP BY w.season_year, w.game_date, w.{carried}
        UNION ALL
        -- Whose games they were, the schedule does not say any more.
        SELECT season_year, game_date, {carried}, {_NEVER} AS last_day FROM {due} WHERE detail = '{VANISHED_DETAIL}'"""


def changed_games(due: str, carried: str = "in_run") -> str:
    """SELECT of the games of the due dates that changed; all games of a date that is due for another reason."""
    return f"""
        SELECT DISTINCT s.game_id, s.game_date, s.season_year, u.{carried}
        FROM nba_raw.nbac_schedule AS s
        INNER JOIN {due} AS u ON u.game_date = s.game_date
        WHERE s.season_type <> 'Cup Final'
          AND (u.reason <> 'stale' OR u.detail = 'older code' OR STRPOS(u.detail, s.game_id) > 0)"""
