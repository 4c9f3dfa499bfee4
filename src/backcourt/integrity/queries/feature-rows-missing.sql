-- Title: Dates on which feature rows and listed players differ
-- Purpose: Dates on which player_composite_factors or ml_feature_store_v2 has not one row or failure record
--   for every player whom upcoming_player_game_context lists. Dates that failed as a whole are left out: failed-
--   dates has them.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter bootstrap_days INT64 = 14: days of a season for which Phase 4 writes nothing
WITH due AS (
  SELECT DISTINCT s.game_date
  FROM nba_raw.nbac_schedule AS s
  INNER JOIN ({seasons}) AS o ON o.season_year = s.season_year
  WHERE s.game_date BETWEEN @start_date AND @end_date AND DATE_DIFF(s.game_date, o.opening_day, DAY) >= @bootstrap_days
),
listed AS (
  SELECT game_date, COUNT(*) AS listed
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
),
factors AS (
  SELECT game_date, COUNT(*) AS n
  FROM nba_precompute.player_composite_factors
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
),
features AS (
  SELECT game_date, COUNT(*) AS n
  FROM nba_predictions.ml_feature_store_v2
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
),
failures AS (
  SELECT
    analysis_date AS game_date,
    COUNTIF(processor_name = 'player_composite_factors' AND failure_category <> 'NO_SHOT_ZONE') AS factors,
    COUNTIF(processor_name = 'ml_feature_store_v2' AND failure_category <> 'NO_SHOT_ZONE') AS features,
    COUNTIF(entity_id = 'DATE_LEVEL' AND processor_name IN ('player_composite_factors', 'ml_feature_store_v2')) AS dates
  FROM nba_processing.precompute_failures
  WHERE analysis_date BETWEEN @start_date AND @end_date
  GROUP BY analysis_date
)
SELECT
  d.game_date, COALESCE(u.listed, 0) AS listed, COALESCE(p.n, 0) AS factor_rows,
  COALESCE(f.factors, 0) AS factor_failures, COALESCE(m.n, 0) AS feature_rows,
  COALESCE(f.features, 0) AS feature_failures
FROM due AS d
LEFT JOIN listed AS u ON u.game_date = d.game_date
LEFT JOIN factors AS p ON p.game_date = d.game_date
LEFT JOIN features AS m ON m.game_date = d.game_date
LEFT JOIN failures AS f ON f.game_date = d.game_date
WHERE COALESCE(f.dates, 0) = 0
  AND (
    COALESCE(u.listed, 0) <> COALESCE(p.n, 0) + COALESCE(f.factors, 0)
    OR COALESCE(u.listed, 0) <> COALESCE(m.n, 0) + COALESCE(f.features, 0)
  )
ORDER BY d.game_date
