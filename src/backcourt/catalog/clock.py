"""The league's clock: what is printed in New York's time, as a moment."""

from __future__ import annotations

from collections.abc import Mapping

UTC_OF_EASTERN = """TIMESTAMP_ADD(TIMESTAMP(eastern_day), INTERVAL eastern_minutes + IF(
  DATE(TIMESTAMP_ADD(TIMESTAMP(DATE_ADD(eastern_day, INTERVAL 1 DAY)), INTERVAL 4 HOUR), 'America/New_York')
  > eastern_day, 240, 300) MINUTE)"""
"""SQL (BigQuery): the moment that is some minutes after midnight of a day by New York's clock, from two columns.

Whether summer time is in force is asked of the end of the day: it changes at two in the morning, before any game."""

_OF_A_GAME = """
SELECT t.season_year, CASE
  WHEN g.game_id IS NULL THEN 'filed under a date on which the game is not'
  WHEN g.tipoff_at IS NULL THEN 'of a game without a known tip-off'
  ELSE 'observed at tip-off or later'
END AS why, COUNT(*) AS n
FROM {rows} AS t
LEFT JOIN nba_raw.nbac_schedule AS g ON g.game_id = t.game_id AND g.game_date = t.game_date
WHERE NOT COALESCE(t.observed_at < g.tipoff_at, FALSE)
GROUP BY t.season_year, why"""
_LINES = "(SELECT season_year, game_id, game_date, snapshot_timestamp AS observed_at FROM {table})"
_REPORTS = f"""(
  SELECT season_year, game_id, game_date, {UTC_OF_EASTERN} AS observed_at
  FROM (
    SELECT
      season_year, game_id, game_date, report_date AS eastern_day,
      60 * report_hour + COALESCE(report_minute, 59) AS eastern_minutes
    FROM nba_raw.nbac_injury_report
  )
)"""

UNUSED: Mapping[str, tuple[str, str]] = {
    **{
        f"nba_raw.{name}": ("snapshot_timestamp", _OF_A_GAME.format(rows=_LINES.format(table=f"nba_raw.{name}")))
        for name in ("odds_api_game_lines", "odds_api_player_points_props")
    },
    "nba_raw.nbac_injury_report": ("report_hour", _OF_A_GAME.format(rows=_REPORTS)),
    "nba_raw.espn_team_rosters": (
        "observed_at",
        """SELECT season_year, 'received after its date' AS why, COUNT(*) AS n FROM nba_raw.espn_team_rosters
        WHERE observed_at >= TIMESTAMP_ADD(TIMESTAMP(roster_date), INTERVAL 29 HOUR) GROUP BY season_year""",
    ),
    "nba_raw.bettingpros_player_points_props": (
        "points_line",
        """SELECT season_year, 'without a time of observation' AS why, COUNT(*) AS n
        FROM nba_raw.bettingpros_player_points_props GROUP BY season_year""",
    ),
}
"""Sources with a time of observation: the column that tells it, and SQL (BigQuery) for the rows that no game uses.

It returns the season, why, and how many."""
