-- Title: Listed players with neither a row nor a record
-- Purpose: Players whom upcoming_player_game_context lists for a game and of whom a later table has no row and
--   no failure record. There must be none. Of all ten tables it is counted by backcourt validate coverage.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter bootstrap_days INT64 = 14: days of a season for which Phase 4 writes nothing
WITH due AS (
  SELECT DISTINCT s.game_date
  FROM nba_raw.nbac_schedule AS s
  INNER JOIN ({seasons}) AS o ON o.season_year = s.season_year
  WHERE s.game_date BETWEEN @start_date AND @end_date AND DATE_DIFF(s.game_date, o.opening_day, DAY) >= @bootstrap_days
),
stored AS (
  SELECT 'player_composite_factors' AS table_name, game_date, game_id, player_id
  FROM nba_precompute.player_composite_factors
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'player_daily_cache', cache_date, game_id, player_id
  FROM nba_precompute.player_daily_cache
  WHERE cache_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'ml_feature_store_v2', game_date, game_id, player_id
  FROM nba_predictions.ml_feature_store_v2
  WHERE game_date BETWEEN @start_date AND @end_date
)
SELECT u.game_date, t AS table_name, u.game_id, u.player_id, u.player_lookup, u.team_abbr, u.listing
FROM nba_analytics.upcoming_player_game_context AS u
INNER JOIN due AS d ON d.game_date = u.game_date
CROSS JOIN UNNEST(['player_composite_factors', 'player_daily_cache', 'ml_feature_store_v2']) AS t
LEFT JOIN stored AS r
  ON r.table_name = t AND r.game_date = u.game_date AND r.game_id = u.game_id AND r.player_id = u.player_id
LEFT JOIN nba_processing.precompute_failures AS f
  ON f.processor_name = t AND f.analysis_date = u.game_date AND f.failure_category <> 'NO_SHOT_ZONE'
    AND f.entity_id IN (FORMAT('%d', u.player_id), 'DATE_LEVEL')
WHERE u.game_date BETWEEN @start_date AND @end_date AND r.player_id IS NULL AND f.entity_id IS NULL
ORDER BY u.game_date, table_name, u.game_id, u.player_id
