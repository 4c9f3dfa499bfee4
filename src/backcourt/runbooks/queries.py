"""The few grouped statements behind the runbooks, in BigQuery's dialect; ``facts`` types what they return.

They take @start_date, @end_date, @ahead and @bootstrap_days.
"""

from __future__ import annotations

from collections.abc import Mapping

from backcourt.catalog import table
from backcourt.catalog.views import COUNTED_TYPES, game_dates
from backcourt.processors.registry import registry

_SPINE = f"""
spine AS ({game_dates()}
)"""

GAME_DATES = f"""
WITH {_SPINE}
SELECT game_date, season_year, day_number, games, final_games FROM spine ORDER BY game_date"""

NEAREST = f"""
SELECT
  MAX(IF(game_date < @start_date, game_date, NULL)) AS before,
  MIN(IF(game_date > @end_date, game_date, NULL)) AS after
FROM nba_raw.nbac_schedule
WHERE season_type IN {COUNTED_TYPES}"""
"""The game dates on either side of a range without games."""

_PHASE_3 = {
    "player_game_summary": "IF(d.final_games > 0, 1, 0)",
    "team_offense_game_summary": "2 * d.final_games",
    "team_defense_game_summary": "2 * d.final_games",
    "upcoming_player_game_context": "1",
    "upcoming_team_game_context": "2 * d.games",
}
"""Rows that the schedule implies for one date, at least."""


def _presence(dataset: str, expected: Mapping[str, str]) -> str:
    """Every named table and game date from @opening_day on, with the rows that should and that do stand there."""
    wanted = " UNION ALL ".join(
        f"SELECT '{name}' AS table_name, d.game_date, {rows} AS expected FROM spine AS d"
        for name, rows in expected.items()
    )
    present = " UNION ALL ".join(
        f"SELECT '{name}' AS table_name, game_date, COUNT(*) AS row_count FROM {dataset}.{name} "
        "WHERE game_date BETWEEN @opening_day AND @end_date GROUP BY game_date"
        for name in expected
    )
    return f"""
WITH {_SPINE.replace("@start_date", "@opening_day")},
expected AS ({wanted}),
present AS ({present})
SELECT e.table_name, e.game_date, e.expected, COALESCE(p.row_count, 0) AS row_count
FROM expected AS e
LEFT JOIN present AS p ON p.table_name = e.table_name AND p.game_date = e.game_date
WHERE e.expected > 0
ORDER BY e.table_name, e.game_date"""


PHASE_3 = _presence("nba_analytics", _PHASE_3)
RAW_TABLES = tuple(
    dict.fromkeys(
        table(upstream.table).name
        for processor in registry()
        for upstream in processor.table.upstreams
        if upstream.critical and table(upstream.table).phase == "raw" and upstream.table != "nba_raw.nbac_schedule"
    )
)
"""The raw tables without which something cannot be computed, beside the schedule."""
RAW = _presence("nba_raw", dict.fromkeys(RAW_TABLES, "IF(d.final_games > 0, 1, 0)"))

FAILURES = """
SELECT processor_name, failure_category, COUNT(*) AS failures, COUNT(DISTINCT analysis_date) AS dates,
  MIN(failure_reason) AS example
FROM nba_processing.precompute_failures
WHERE analysis_date BETWEEN @start_date AND @end_date
GROUP BY processor_name, failure_category
ORDER BY failures DESC, processor_name, failure_category"""

LEDGER = """
SELECT table_name, status, code_version, COUNT(*) AS dates
FROM nba_processing.backfill_ledger
WHERE game_date BETWEEN @start_date AND @end_date AND status <> 'pending'
GROUP BY table_name, status, code_version
ORDER BY table_name, status, code_version"""

PLAYER = """
SELECT *
FROM nba_predictions.ml_feature_store_v2
WHERE game_date = @start_date
  AND (@player IS NULL OR player_lookup = @player OR FORMAT('%d', player_id) = @player)
ORDER BY COALESCE(points_avg_season, 0) DESC, player_id, game_id
LIMIT 1"""

PLAYERS = """
SELECT DISTINCT player_lookup
FROM nba_predictions.ml_feature_store_v2
WHERE game_date = @start_date
ORDER BY player_lookup"""
