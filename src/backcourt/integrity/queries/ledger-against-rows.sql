-- Title: Dates whose ledger and rows disagree
-- Purpose: Dates for which the ledger says another number of rows than stand in the table: rows were deleted
--   or added by hand, or a table was restored without the ledger. A run computes those again whose ledger says
--   done.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter table TABLE = all: one computed table, by its name or abbreviation
WITH stored AS (
  SELECT 'nba_analytics.player_game_summary' AS table_name, game_date, COUNT(*) AS row_count
  FROM nba_analytics.player_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
  UNION ALL
  SELECT 'nba_analytics.team_offense_game_summary', game_date, COUNT(*)
  FROM nba_analytics.team_offense_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
  UNION ALL
  SELECT 'nba_analytics.team_defense_game_summary', game_date, COUNT(*)
  FROM nba_analytics.team_defense_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
  UNION ALL
  SELECT 'nba_analytics.upcoming_player_game_context', game_date, COUNT(*)
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
  UNION ALL
  SELECT 'nba_analytics.upcoming_team_game_context', game_date, COUNT(*)
  FROM nba_analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
  UNION ALL
  SELECT 'nba_precompute.team_defense_zone_analysis', analysis_date, COUNT(*)
  FROM nba_precompute.team_defense_zone_analysis
  WHERE analysis_date BETWEEN @start_date AND @end_date
  GROUP BY analysis_date
  UNION ALL
  SELECT 'nba_precompute.player_shot_zone_analysis', analysis_date, COUNT(*)
  FROM nba_precompute.player_shot_zone_analysis
  WHERE analysis_date BETWEEN @start_date AND @end_date
  GROUP BY analysis_date
  UNION ALL
  SELECT 'nba_precompute.player_composite_factors', game_date, COUNT(*)
  FROM nba_precompute.player_composite_factors
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
  UNION ALL
  SELECT 'nba_precompute.player_daily_cache', cache_date, COUNT(*)
  FROM nba_precompute.player_daily_cache
  WHERE cache_date BETWEEN @start_date AND @end_date
  GROUP BY cache_date
  UNION ALL
  SELECT 'nba_predictions.ml_feature_store_v2', game_date, COUNT(*)
  FROM nba_predictions.ml_feature_store_v2
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
)
SELECT
  COALESCE(l.game_date, s.game_date) AS game_date,
  COALESCE(l.table_name, s.table_name) AS table_name,
  COALESCE(l.status, 'not in the ledger') AS status,
  COALESCE(l.row_count, 0) AS ledger_rows,
  COALESCE(s.row_count, 0) AS stored_rows
FROM (
  SELECT table_name, game_date, status, row_count
  FROM nba_processing.backfill_ledger
  WHERE game_date BETWEEN @start_date AND @end_date
) AS l
FULL OUTER JOIN stored AS s ON s.table_name = l.table_name AND s.game_date = l.game_date
WHERE COALESCE(l.row_count, 0) <> COALESCE(s.row_count, 0)
  AND @table IN ('all', COALESCE(l.table_name, s.table_name))
ORDER BY game_date, table_name
