"""The few grouped statements behind the runbooks, in BigQuery's dialect; ``facts`` types what they return.

They take @start_date, @end_date, @ahead and @bootstrap_days.
"""

from __future__ import annotations

from backcourt.catalog.views import COUNTED_TYPES, view

_SPINE = f"""
spine AS ({view("dates_in_range")}
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
