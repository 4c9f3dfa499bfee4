"""How complete the windows of newest games are.

A player's analytics rows are held against his raw appearances, a team's against its final games. A game that he did
not play is not expected.
"""

from __future__ import annotations

from backcourt.backfill.seasons import SEASON_TO_DATE
from backcourt.catalog.model import Window
from backcourt.catalog.views import WINDOW_TYPES, view
from backcourt.processors.base import Processor
from backcourt.warehouse.base import Session, Staged, Value

_APPEARANCES = (
    "SELECT game_id, game_date, season_year, player_id AS owner "
    f"FROM ({view('appearances', SEASON_TO_DATE)}) WHERE season_type IN {WINDOW_TYPES}"
)
_FINAL_GAMES = (
    "SELECT game_id, game_date, season_year, team_abbr AS owner "
    f"FROM ({view('final_sides', SEASON_TO_DATE)}) WHERE season_type IN {WINDOW_TYPES}"
)


def stage_windows(session: Session, processor: Processor, stage: Staged, parameters: dict[str, Value]) -> Staged | None:
    """Stage how many games each candidate's windows should hold and do hold; None for a table without such windows.

    Columns: game_date, entity_id, whose ("player" or "team"), expected, found; one row per candidate and window.
    """
    selects = [
        _window(processor, stage, upstream.table, window)
        for upstream in processor.table.upstreams
        for window in upstream.windows
        if window.span == "games"
    ]
    if not selects:
        return None
    return session.stage_query(f"{stage.name.split('.')[-1]}_windows", " UNION ALL ".join(selects), parameters)


def games_by_date(windows: Staged | None) -> str:
    """SELECT of game_date, games_expected and games_found, summed over the candidates and windows of a date."""
    if windows is None:
        return (
            "SELECT CAST(NULL AS DATE) AS game_date, CAST(NULL AS INT64) AS games_expected, "
            "CAST(NULL AS INT64) AS games_found"
        )
    return (
        "SELECT game_date, SUM(expected) AS games_expected, SUM(found) AS games_found "
        f"FROM {windows} GROUP BY game_date"
    )


def incomplete(windows: Staged | None, percent: int | None) -> str | None:
    """SELECT of the candidates with a window under ``percent``, as failure records; None if none is asked for."""
    if windows is None or percent is None:
        return None
    return f"""
        SELECT
          game_date AS analysis_date,
          entity_id,
          'INCOMPLETE_DATA' AS failure_category,
          CONCAT(FORMAT('%d', found), ' of ', FORMAT('%d', expected), ' games have rows upstream') AS failure_reason,
          expected AS expected_game_count,
          found AS actual_game_count
        FROM {windows}
        WHERE 100 * found < {percent} * expected
        QUALIFY ROW_NUMBER() OVER (
          PARTITION BY game_date, entity_id ORDER BY SAFE_DIVIDE(found, expected), expected
        ) = 1"""


def _window(processor: Processor, stage: Staged, upstream: str, window: Window) -> str:
    """SELECT of one window: the newest games as of each candidate's date, and how many of them have their row."""
    whose = "player" if window.by == "player_id" else "team"
    owner = "player_id" if whose == "player" else "team_abbr"
    played = _APPEARANCES if window.by == "player_id" else _FINAL_GAMES
    partition = processor.table.partition
    frame = (
        f"OVER (PARTITION BY p.owner, p.season_year ORDER BY p.game_date, p.game_id "
        f"ROWS BETWEEN {(window.size or 1) - 1} PRECEDING AND CURRENT ROW)"
    )
    return f"""
        SELECT c.{partition} AS game_date, {processor.entity} AS entity_id, '{whose}' AS whose, w.expected, w.found
        FROM {stage} AS c
        INNER JOIN (
          SELECT
            p.owner,
            p.season_year,
            p.game_date AS played_on,
            COUNT(*) {frame} AS expected,
            COUNT(u.game_id) {frame} AS found,
            LEAD(p.game_date) OVER (
              PARTITION BY p.owner, p.season_year ORDER BY p.game_date, p.game_id
            ) AS next_on
          FROM ({played}
          ) AS p
          LEFT JOIN {upstream} AS u
            ON u.game_id = p.game_id AND u.{window.by} = p.owner AND u.game_date {SEASON_TO_DATE}
        ) AS w
          ON w.owner = c.{owner} AND w.season_year = c.season_year AND c.{partition} > w.played_on
            AND c.{partition} <= COALESCE(w.next_on, DATE '9999-12-31')"""
