-- Four adjustments for every player of upcoming_player_game_context from day @bootstrap_days on.
WITH seasons AS ({seasons}),
-- The share of the other teams whose rating is higher, that is worse.
strength AS (
  SELECT
    team_abbr,
    analysis_date,
    games_in_sample,
    zone_games_in_sample,
    paint_defense_vs_league_avg,
    mid_range_defense_vs_league_avg,
    three_pt_defense_vs_league_avg,
    SAFE_DIVIDE(
      100 * (RANK() OVER (PARTITION BY analysis_date ORDER BY defensive_rating_last_15 DESC) - 1),
      COUNT(*) OVER (PARTITION BY analysis_date) - 1
    ) AS opponent_strength
  FROM nba_precompute.team_defense_zone_analysis
  WHERE analysis_date BETWEEN @start_date AND @end_date
),
-- Attempts of the window: what a game has on average, with two decimals, over at most ten games gives the whole number.
zones AS (
  SELECT
    player_id,
    analysis_date,
    primary_scoring_zone,
    games_in_sample_10,
    paint_rate_last_10,
    mid_range_rate_last_10,
    three_pt_rate_last_10,
    CAST(ROUND(paint_attempts_per_game * games_in_sample_10) AS INT64) AS paint_attempts,
    CAST(ROUND(mid_range_attempts_per_game * games_in_sample_10) AS INT64) AS mid_range_attempts,
    CAST(ROUND(three_pt_attempts_per_game * games_in_sample_10) AS INT64) AS three_pt_attempts
  FROM nba_precompute.player_shot_zone_analysis
  WHERE analysis_date BETWEEN @start_date AND @end_date
),
joined AS (
  SELECT
    u.*,
    z.primary_scoring_zone,
    z.player_id IS NOT NULL AS has_zones,
    z.games_in_sample_10 AS zone_games,
    d.team_abbr IS NOT NULL AS has_defense,
    d.games_in_sample AS defense_games,
    d.zone_games_in_sample AS defense_zone_games,
    t.game_number_in_season - 1 AS opponent_games,
    d.opponent_strength,
    100
    - IF(u.back_to_back, 15, 0)
    + IF(u.days_rest >= 3, 5, 0)
    - IF(u.games_in_last_7_days >= 4, 10, 0)
    - IF(u.minutes_in_last_7_days > 240, 10, 0)
    - IF(u.avg_minutes_per_game_last_7 > 35, 8, 0)
    - CASE WHEN u.back_to_backs_last_14_days >= 2 THEN 12 WHEN u.back_to_backs_last_14_days = 1 THEN 5 ELSE 0 END
    - CASE WHEN u.player_age >= 35 THEN 10 WHEN u.player_age >= 30 THEN 5 ELSE 0 END AS freshness,
    CASE z.primary_scoring_zone
      WHEN 'paint' THEN d.paint_defense_vs_league_avg * LEAST(SAFE_DIVIDE(z.paint_rate_last_10, 50), 1)
      WHEN 'perimeter' THEN d.three_pt_defense_vs_league_avg * LEAST(SAFE_DIVIDE(z.three_pt_rate_last_10, 50), 1)
      WHEN 'mid_range' THEN d.mid_range_defense_vs_league_avg * LEAST(SAFE_DIVIDE(z.mid_range_rate_last_10, 50), 1)
      -- All attempts count here, so the rate is 100 % and its weight 1.
      WHEN 'balanced' THEN SAFE_DIVIDE(
        CAST(ROUND(100 * d.paint_defense_vs_league_avg) AS INT64) * z.paint_attempts
        + CAST(ROUND(100 * d.mid_range_defense_vs_league_avg) AS INT64) * z.mid_range_attempts
        + CAST(ROUND(100 * d.three_pt_defense_vs_league_avg) AS INT64) * z.three_pt_attempts,
        100 * (z.paint_attempts + z.mid_range_attempts + z.three_pt_attempts))
    END AS mismatch,
    SAFE_DIVIDE(u.pace_differential, 2) AS pace,
    0.3 * (u.projected_usage_rate - u.baseline_usage_rate) AS spike
  FROM nba_analytics.upcoming_player_game_context AS u
  INNER JOIN seasons AS o ON o.season_year = u.season_year
  LEFT JOIN zones AS z ON z.player_id = u.player_id AND z.analysis_date = u.game_date
  LEFT JOIN nba_analytics.upcoming_team_game_context AS t
    ON t.game_id = u.game_id AND t.team_abbr = u.opponent_team_abbr AND t.game_date BETWEEN @start_date AND @end_date
  LEFT JOIN strength AS d ON d.team_abbr = u.opponent_team_abbr AND d.analysis_date = u.game_date
  WHERE u.game_date BETWEEN @start_date AND @end_date
    AND DATE_DIFF(u.game_date, o.opening_day, DAY) >= @bootstrap_days
),
-- Rounded here, so that the total is the sum of the columns that people see.
scored AS (
  SELECT
    j.*,
    GREATEST(0, LEAST(100, freshness)) AS fatigue,
    ROUND(GREATEST(-10.0, LEAST(10.0, mismatch * IF(ABS(mismatch) > 5, 1.2, 1.0))), 2) AS mismatch_score,
    ROUND(GREATEST(-3.0, LEAST(3.0, pace)), 2) AS pace_points,
    ROUND(GREATEST(-3.0, LEAST(3.0, spike * CASE
      WHEN spike <= 0 THEN 1.0 WHEN star_teammates_out >= 2 THEN 1.3 WHEN star_teammates_out = 1 THEN 1.15 ELSE 1.0
    END)), 2) AS spike_score
  FROM joined AS j
),
-- Why there is no mismatch: what time alone will mend comes first, since no data that is loaded mends it.
explained AS (
  SELECT
    s.*,
    CASE
      WHEN NOT has_zones AND games_played_season < 10 THEN 'new player'
      WHEN NOT has_defense AND opponent_games < 5 THEN 'new team'
      WHEN NOT has_defense THEN 'no defense'
      WHEN NOT has_zones THEN 'no zones'
      WHEN primary_scoring_zone IS NULL THEN 'no attempt'
      ELSE 'no zone values'
    END AS cause
  FROM scored AS s
)
SELECT
  game_id,
  game_date,
  season_year,
  player_id,
  player_lookup,
  team_abbr,
  opponent_team_abbr,
  fatigue AS fatigue_score,
  SAFE_DIVIDE(fatigue - 100, 20) AS fatigue_adjustment,
  mismatch_score AS shot_zone_mismatch_score,
  pace_points AS pace_score,
  spike_score AS usage_spike_score,
  opponent_strength AS opponent_strength_score,
  SAFE_DIVIDE(fatigue - 100, 20) + COALESCE(mismatch_score, 0) + COALESCE(pace_points, 0) + COALESCE(spike_score, 0)
    AS total_composite_adjustment,
  primary_scoring_zone,
  IF(mismatch_score IS NULL, 'NO_SHOT_ZONE', NULL) AS failure_category,
  CASE
    WHEN mismatch_score IS NOT NULL THEN NULL
    WHEN cause = 'new player' THEN CONCAT(
      'no row of player_shot_zone_analysis: ', FORMAT('%d', games_played_season), ' games as of the date, 10 needed')
    WHEN cause = 'new team' THEN CONCAT(
      'no row of team_defense_zone_analysis for ', opponent_team_abbr, ': ', FORMAT('%d', opponent_games),
      ' games as of the date, 5 needed')
    WHEN cause = 'no defense' THEN CONCAT(
      'no row of team_defense_zone_analysis for ', opponent_team_abbr, ' and 5 games and more')
    WHEN cause = 'no zones' THEN 'no row of player_shot_zone_analysis for 10 games and more'
    WHEN cause = 'no attempt' THEN CONCAT(
      'no attempt in the window, of whose 10 games ', FORMAT('%d', zone_games), ' have zones')
    ELSE CONCAT(
      'no zone values of ', opponent_team_abbr, ': ', FORMAT('%d', defense_zone_games), ' of ',
      FORMAT('%d', defense_games), ' games have zones')
  END AS failure_reason,
  CASE cause WHEN 'new team' THEN 5 WHEN 'no defense' THEN 5 WHEN 'no zone values' THEN defense_games ELSE 10 END
    AS expected_game_count,
  CASE cause
    WHEN 'new team' THEN opponent_games
    WHEN 'no defense' THEN 5
    WHEN 'no attempt' THEN zone_games
    WHEN 'no zone values' THEN defense_zone_games
    ELSE LEAST(games_played_season, 10)
  END AS actual_game_count,
  CASE cause
    WHEN 'new player' THEN FALSE
    WHEN 'new team' THEN FALSE
    WHEN 'no attempt' THEN zone_games < 10
    WHEN 'no zone values' THEN defense_zone_games < defense_games
    ELSE TRUE
  END AS data_missing
FROM explained
