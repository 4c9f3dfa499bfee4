-- Title: Coverage by table and month
-- Purpose: How many game dates of each month every computed table has, by what the ledger says of them, and
--   the rows written. Where never_computed or failed is not 0, go on with failed-dates or backcourt plan.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter table TABLE = all: one computed table, by its name or abbreviation
SELECT
  t AS table_name,
  FORMAT_DATE('%Y-%m', d.game_date) AS month,
  COUNT(*) AS game_dates,
  COUNTIF(l.status = 'done') AS done,
  COUNTIF(l.status = 'skipped') AS skipped,
  COUNTIF(l.status = 'failed') AS failed,
  COUNTIF(l.status IS NULL) AS never_computed,
  COALESCE(SUM(l.row_count), 0) AS rows_written
FROM (
  SELECT DISTINCT game_date
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date AND game_status = 3
    AND season_type IN {counted_types}
) AS d
CROSS JOIN UNNEST([
  'nba_analytics.player_game_summary',
  'nba_analytics.team_offense_game_summary',
  'nba_analytics.team_defense_game_summary',
  'nba_analytics.upcoming_player_game_context',
  'nba_analytics.upcoming_team_game_context',
  'nba_precompute.team_defense_zone_analysis',
  'nba_precompute.player_shot_zone_analysis',
  'nba_precompute.player_composite_factors',
  'nba_precompute.player_daily_cache',
  'nba_predictions.ml_feature_store_v2'
]) AS t
LEFT JOIN nba_processing.backfill_ledger AS l
  ON l.table_name = t AND l.game_date = d.game_date AND l.game_date BETWEEN @start_date AND @end_date
WHERE @table IN ('all', t)
GROUP BY t, month
ORDER BY table_name, month
