-- 25 features for every player of upcoming_player_game_context from day @bootstrap_days on.
-- A feature without a source is NULL in its column and its default in the array, with source 'default'.
WITH seasons AS ({seasons}),
-- Minutes as integers of hundredths, so that exactly 10 or 20 % more counts.
cache AS (
  SELECT
    *,
    CAST(ROUND(100 * minutes_avg_last_10) AS INT64) AS minutes_10_x100,
    CAST(ROUND(100 * minutes_avg_season) AS INT64) AS minutes_season_x100
  FROM nba_precompute.player_daily_cache
  WHERE cache_date BETWEEN @start_date AND @end_date
),
joined AS (
  SELECT
    u.game_id,
    u.game_date,
    u.season_year,
    u.player_id,
    u.player_lookup,
    u.team_abbr,
    u.opponent_team_abbr,
    c.player_id IS NOT NULL AS has_cache,
    z.player_id IS NOT NULL AS has_zones,
    COALESCE(c.points_avg_last_5, u.points_avg_last_5) AS points_avg_last_5,
    COALESCE(c.points_avg_last_10, u.points_avg_last_10) AS points_avg_last_10,
    c.points_avg_season,
    c.points_std_last_10,
    CAST(COALESCE(c.games_in_last_7_days, u.games_in_last_7_days) AS FLOAT64) AS games_in_last_7_days,
    CAST(f.fatigue_score AS FLOAT64) AS fatigue_score,
    f.shot_zone_mismatch_score,
    f.pace_score,
    f.usage_spike_score,
    CAST(GREATEST(-2, LEAST(2, u.days_rest - u.opponent_days_rest)) AS FLOAT64) AS rest_advantage,
    CASE u.player_status
      WHEN 'available' THEN 0.0 WHEN 'probable' THEN 1.0 WHEN 'questionable' THEN 2.0 WHEN 'doubtful' THEN 3.0
      WHEN 'out' THEN 3.0
    END AS injury_risk,
    CASE
      WHEN c.recent_trend_points >= 5 THEN 2.0
      WHEN c.recent_trend_points >= 2 THEN 1.0
      WHEN c.recent_trend_points <= -5 THEN -2.0
      WHEN c.recent_trend_points <= -2 THEN -1.0
      WHEN c.recent_trend_points IS NOT NULL THEN 0.0
    END AS recent_trend,
    CASE
      WHEN c.minutes_season_x100 = 0 THEN NULL
      WHEN 5 * (c.minutes_10_x100 - c.minutes_season_x100) >= c.minutes_season_x100 THEN 2.0
      WHEN 10 * (c.minutes_10_x100 - c.minutes_season_x100) >= c.minutes_season_x100 THEN 1.0
      WHEN 5 * (c.minutes_season_x100 - c.minutes_10_x100) >= c.minutes_season_x100 THEN -2.0
      WHEN 10 * (c.minutes_season_x100 - c.minutes_10_x100) >= c.minutes_season_x100 THEN -1.0
      WHEN c.minutes_10_x100 IS NOT NULL THEN 0.0
    END AS minutes_change,
    d.defensive_rating_last_15 AS opponent_def_rating,
    d.opponent_pace,
    IF(u.home_game, 1.0, 0.0) AS home_away,
    IF(u.back_to_back, 1.0, 0.0) AS back_to_back,
    IF(u.season_type = 'Playoffs', 1.0, 0.0) AS playoff_game,
    SAFE_DIVIDE(z.paint_rate_last_10, 100) AS pct_paint,
    SAFE_DIVIDE(z.mid_range_rate_last_10, 100) AS pct_mid_range,
    SAFE_DIVIDE(z.three_pt_rate_last_10, 100) AS pct_three,
    GREATEST(0.0, LEAST(0.5, c.ft_points_share_last_10)) AS pct_free_throw,
    c.team_pace_last_10 AS team_pace,
    c.team_off_rating_last_10 AS team_off_rating,
    IF(t.wins_entering + t.losses_entering >= 5,
      SAFE_DIVIDE(t.wins_entering, t.wins_entering + t.losses_entering), NULL) AS team_win_pct
  FROM nba_analytics.upcoming_player_game_context AS u
  INNER JOIN seasons AS o ON o.season_year = u.season_year
  LEFT JOIN cache AS c ON c.game_id = u.game_id AND c.player_id = u.player_id
  LEFT JOIN nba_precompute.player_composite_factors AS f
    ON f.game_id = u.game_id AND f.player_id = u.player_id AND f.game_date BETWEEN @start_date AND @end_date
  LEFT JOIN nba_precompute.player_shot_zone_analysis AS z
    ON z.player_id = u.player_id AND z.analysis_date = u.game_date AND z.analysis_date BETWEEN @start_date AND @end_date
  LEFT JOIN nba_precompute.team_defense_zone_analysis AS d
    ON d.team_abbr = u.opponent_team_abbr AND d.analysis_date = u.game_date
    AND d.analysis_date BETWEEN @start_date AND @end_date
  LEFT JOIN nba_analytics.upcoming_team_game_context AS t
    ON t.game_id = u.game_id AND t.team_abbr = u.team_abbr AND t.game_date BETWEEN @start_date AND @end_date
  WHERE u.game_date BETWEEN @start_date AND @end_date
    AND DATE_DIFF(u.game_date, o.opening_day, DAY) >= @bootstrap_days
),
sourced AS (
  SELECT
    j.*,
    CASE WHEN has_cache THEN 'phase4' WHEN points_avg_last_5 IS NOT NULL THEN 'phase3' ELSE 'default' END AS s0,
    CASE WHEN has_cache THEN 'phase4' WHEN points_avg_last_10 IS NOT NULL THEN 'phase3' ELSE 'default' END AS s1,
    IF(points_avg_season IS NULL, 'default', 'phase4') AS s2,
    IF(points_std_last_10 IS NULL, 'default', 'phase4') AS s3,
    IF(has_cache, 'phase4', 'phase3') AS s4,
    IF(fatigue_score IS NULL, 'default', 'phase4') AS s5,
    IF(shot_zone_mismatch_score IS NULL, 'default', 'phase4') AS s6,
    IF(pace_score IS NULL, 'default', 'phase4') AS s7,
    IF(usage_spike_score IS NULL, 'default', 'phase4') AS s8,
    IF(rest_advantage IS NULL, 'default', 'calculated') AS s9,
    IF(injury_risk IS NULL, 'default', 'calculated') AS s10,
    IF(recent_trend IS NULL, 'default', 'calculated') AS s11,
    IF(minutes_change IS NULL, 'default', 'calculated') AS s12,
    IF(opponent_def_rating IS NULL, 'default', 'phase4') AS s13,
    IF(opponent_pace IS NULL, 'default', 'phase4') AS s14,
    'phase3' AS s15,
    'phase3' AS s16,
    'phase3' AS s17,
    IF(pct_paint IS NULL, 'default', 'phase4') AS s18,
    IF(pct_mid_range IS NULL, 'default', 'phase4') AS s19,
    IF(pct_three IS NULL, 'default', 'phase4') AS s20,
    IF(pct_free_throw IS NULL, 'default', 'calculated') AS s21,
    IF(team_pace IS NULL, 'default', 'phase4') AS s22,
    IF(team_off_rating IS NULL, 'default', 'phase4') AS s23,
    IF(team_win_pct IS NULL, 'default', 'calculated') AS s24
  FROM joined AS j
),
vectors AS (
  SELECT
    s.*,
    [
      s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21, s22, s23, s24
    ] AS feature_sources,
    IF(s0 = 'default', 1, 0) + IF(s1 = 'default', 1, 0) + IF(s2 = 'default', 1, 0) + IF(s3 = 'default', 1, 0)
    + IF(s5 = 'default', 1, 0) + IF(s6 = 'default', 1, 0) + IF(s7 = 'default', 1, 0) + IF(s8 = 'default', 1, 0)
    + IF(s9 = 'default', 1, 0) + IF(s10 = 'default', 1, 0) + IF(s11 = 'default', 1, 0) + IF(s12 = 'default', 1, 0)
    + IF(s13 = 'default', 1, 0) + IF(s14 = 'default', 1, 0) + IF(s18 = 'default', 1, 0) + IF(s19 = 'default', 1, 0)
    + IF(s20 = 'default', 1, 0) + IF(s21 = 'default', 1, 0) + IF(s22 = 'default', 1, 0) + IF(s23 = 'default', 1, 0)
    + IF(s24 = 'default', 1, 0) AS defaults,
    3 + IF(s0 = 'phase3', 1, 0) + IF(s1 = 'phase3', 1, 0) + IF(s4 = 'phase3', 1, 0) AS from_phase3
  FROM sourced AS s
)
SELECT
  game_id,
  game_date,
  season_year,
  player_id,
  player_lookup,
  team_abbr,
  opponent_team_abbr,
  points_avg_last_5,
  points_avg_last_10,
  points_avg_season,
  points_std_last_10,
  games_in_last_7_days,
  fatigue_score,
  shot_zone_mismatch_score,
  pace_score,
  usage_spike_score,
  rest_advantage,
  injury_risk,
  recent_trend,
  minutes_change,
  opponent_def_rating,
  opponent_pace,
  home_away,
  back_to_back,
  playoff_game,
  pct_paint,
  pct_mid_range,
  pct_three,
  pct_free_throw,
  team_pace,
  team_off_rating,
  team_win_pct,
  [
    COALESCE(points_avg_last_5, 10.0),
    COALESCE(points_avg_last_10, 10.0),
    COALESCE(points_avg_season, 10.0),
    COALESCE(points_std_last_10, 5.0),
    games_in_last_7_days,
    COALESCE(fatigue_score, 50.0),
    COALESCE(shot_zone_mismatch_score, 0.0),
    COALESCE(pace_score, 0.0),
    COALESCE(usage_spike_score, 0.0),
    COALESCE(rest_advantage, 0.0),
    COALESCE(injury_risk, 0.0),
    COALESCE(recent_trend, 0.0),
    COALESCE(minutes_change, 0.0),
    COALESCE(opponent_def_rating, 112.0),
    COALESCE(opponent_pace, 100.0),
    home_away,
    back_to_back,
    playoff_game,
    ROUND(COALESCE(pct_paint, 0.30), 4),
    ROUND(COALESCE(pct_mid_range, 0.20), 4),
    ROUND(COALESCE(pct_three, 0.35), 4),
    ROUND(COALESCE(pct_free_throw, 0.15), 4),
    COALESCE(team_pace, 100.0),
    COALESCE(team_off_rating, 112.0),
    ROUND(COALESCE(team_win_pct, 0.5), 4)
  ] AS features,
  feature_sources,
  SAFE_DIVIDE(2500 - 60 * defaults - 25 * from_phase3, 25) AS feature_quality_score,
  CASE
    WHEN has_cache AND has_zones THEN 'phase4' WHEN has_cache OR has_zones THEN 'phase4_partial' ELSE 'phase3'
  END AS data_source,
  CAST(NULL AS STRING) AS failure_category,
  CAST(NULL AS STRING) AS failure_reason,
  1 AS expected_game_count,
  1 AS actual_game_count,
  CAST(NULL AS BOOL) AS data_missing
FROM vectors
