-- Title: Critical fields that are not clean, by date
-- Purpose: Dates on which a field whose damage looks like good data is valid in fewer than 99 percent of the
--   rows where it should be: PARTIAL, or CONTAMINATED under 50 percent. The first table in the order of
--   computation is the likely root; every critical field is judged by backcourt validate contamination.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
WITH charts AS (
  SELECT
    game_id, team_abbr, COUNT(*) AS attempts, COUNTIF(is_made) AS makes, COUNTIF(zone = 'three') AS threes
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date AND zone IS NOT NULL
  GROUP BY game_id, team_abbr
),
windows AS (
  SELECT
    player_id, season_year, game_date,
    LEAD(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS next_date,
    SUM(paint_attempts) OVER (
      PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
    ) AS paint
  FROM nba_analytics.player_game_summary
  WHERE season_type IN {window_types}
),
judged AS (
  SELECT
    1 AS step, 'team_defense_game_summary' AS table_name, 'zone attempts add up' AS field, d.game_date,
    d.opp_paint_attempts + d.opp_mid_range_attempts + d.opp_three_pt_attempts = d.opp_fg_attempts AS valid
  FROM nba_analytics.team_defense_game_summary AS d
  INNER JOIN charts AS c
    ON c.game_id = d.game_id AND c.team_abbr = d.opponent_team_abbr AND c.attempts = d.opp_fg_attempts
      AND c.makes = d.opp_fg_makes AND c.threes = d.opp_three_pt_attempts
  WHERE d.game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    2, 'team_defense_zone_analysis', 'three zones against the league', analysis_date,
    paint_defense_vs_league_avg IS NOT NULL AND mid_range_defense_vs_league_avg IS NOT NULL
      AND three_pt_defense_vs_league_avg IS NOT NULL
  FROM nba_precompute.team_defense_zone_analysis
  WHERE analysis_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 3, 'player_shot_zone_analysis', 'paint_pct_last_10', z.analysis_date, z.paint_pct_last_10 IS NOT NULL
  FROM nba_precompute.player_shot_zone_analysis AS z
  INNER JOIN windows AS w
    ON w.player_id = z.player_id AND w.season_year = z.season_year AND w.game_date < z.analysis_date
      AND z.analysis_date <= COALESCE(w.next_date, DATE '9999-12-31')
  WHERE z.analysis_date BETWEEN @start_date AND @end_date AND w.paint > 0
  UNION ALL
  SELECT
    4, 'player_composite_factors', 'opponent_strength_score', p.game_date, p.opponent_strength_score IS NOT NULL
  FROM nba_precompute.player_composite_factors AS p
  INNER JOIN nba_precompute.team_defense_zone_analysis AS z
    ON z.team_abbr = p.opponent_team_abbr AND z.analysis_date = p.game_date
  WHERE p.game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 5, 'ml_feature_store_v2', 'points_avg_season', m.game_date, m.points_avg_season IS NOT NULL
  FROM nba_predictions.ml_feature_store_v2 AS m
  INNER JOIN nba_precompute.player_daily_cache AS c
    ON c.game_id = m.game_id AND c.player_id = m.player_id AND c.cache_date = m.game_date
  WHERE m.game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 6, 'ml_feature_store_v2', 'opponent_def_rating', m.game_date, m.opponent_def_rating IS NOT NULL
  FROM nba_predictions.ml_feature_store_v2 AS m
  INNER JOIN nba_precompute.team_defense_zone_analysis AS z
    ON z.team_abbr = m.opponent_team_abbr AND z.analysis_date = m.game_date
  WHERE m.game_date BETWEEN @start_date AND @end_date
)
SELECT
  game_date, table_name, field, COUNT(*) AS judged_rows, COUNTIF(valid) AS valid_rows,
  IF(2 * COUNTIF(valid) >= COUNT(*), 'PARTIAL', 'CONTAMINATED') AS status
FROM judged
GROUP BY step, game_date, table_name, field
HAVING 100 * COUNTIF(valid) < 99 * COUNT(*)
ORDER BY game_date, step
