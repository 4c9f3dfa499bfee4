-- Title: A player's feature row, with the source of each value
-- Purpose: The 25 features of a player in his last row up to a date, in the order of the vector, each with
--   where it comes from. A value whose source is default stands for nothing known.
-- Parameter player STRING: normalised name, or the NBA's person id
-- Parameter date DATE = latest: the newest row up to this date is shown
SELECT
  m.game_date, m.player_lookup, m.team_abbr, m.opponent_team_abbr, number, feature, m.features[OFFSET(number)] AS value,
  m.feature_sources[OFFSET(number)] AS source
FROM (
  SELECT game_date, player_lookup, team_abbr, opponent_team_abbr, features, feature_sources
  FROM nba_predictions.ml_feature_store_v2
  WHERE game_date <= @date AND (player_lookup = @player OR FORMAT('%d', player_id) = @player)
  ORDER BY game_date DESC, game_id, player_id
  LIMIT 1
) AS m
CROSS JOIN UNNEST([
  'points_avg_last_5', 'points_avg_last_10', 'points_avg_season', 'points_std_last_10', 'games_in_last_7_days',
  'fatigue_score', 'shot_zone_mismatch_score', 'pace_score', 'usage_spike_score', 'rest_advantage', 'injury_risk',
  'recent_trend', 'minutes_change', 'opponent_def_rating', 'opponent_pace', 'home_away', 'back_to_back',
  'playoff_game', 'pct_paint', 'pct_mid_range', 'pct_three', 'pct_free_throw', 'team_pace', 'team_off_rating',
  'team_win_pct'
]) AS feature WITH OFFSET AS number
ORDER BY number
