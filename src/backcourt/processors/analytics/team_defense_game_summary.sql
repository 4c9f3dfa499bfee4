-- The opponent's line as allowed, in every final game of the range. Candidates: both teams of each final game.
WITH fixtures AS (
  SELECT * FROM ({sides}) AS s WHERE game_status = 3
),
shots AS (
  SELECT
    game_id,
    team_abbr,
    COUNT(*) AS attempts,
    COUNTIF(is_made) AS makes,
    COUNTIF(is_three) AS three_attempts,
    COUNTIF(is_three AND is_made) AS three_makes,
    COUNTIF(zone IS NULL) AS unplaced,
    COUNTIF(zone = 'paint') AS paint_attempts,
    COUNTIF(zone = 'paint' AND is_made) AS paint_makes,
    COUNTIF(zone = 'mid_range') AS mid_range_attempts,
    COUNTIF(zone = 'mid_range' AND is_made) AS mid_range_makes
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id, team_abbr
),
-- A block belongs to the team that did not take the shot.
event_games AS (
  SELECT DISTINCT game_id FROM nba_raw.nbac_play_by_play WHERE game_date BETWEEN @start_date AND @end_date
),
blocked AS (
  SELECT
    s.game_id,
    s.team_abbr AS shooting_team,
    COUNTIF(s.zone = 'paint') AS paint,
    COUNTIF(s.zone = 'mid_range') AS mid_range,
    COUNTIF(s.zone = 'three') AS three
  FROM nba_raw.nbac_play_by_play AS e
  INNER JOIN nba_raw.nbac_shot_chart AS s ON s.game_id = e.game_id AND s.event_id = e.event_id
  WHERE e.game_date BETWEEN @start_date AND @end_date
    AND s.game_date BETWEEN @start_date AND @end_date
    AND e.event_type = 2
    AND e.player_3_id IS NOT NULL
  GROUP BY s.game_id, s.team_abbr
),
joined AS (
  SELECT
    f.*,
    o.game_id IS NOT NULL AND d.game_id IS NOT NULL AS has_lines,
    COALESCE(o.team_abbr, d.team_abbr) AS found_team,
    o.points,
    o.fg_attempted,
    o.fg_made,
    o.three_pt_attempted,
    o.three_pt_made,
    o.ft_attempted,
    o.ft_made,
    o.offensive_rebounds AS opp_offensive_rebounds,
    o.total_rebounds,
    o.assists,
    o.turnovers,
    d.personal_fouls,
    d.steals,
    d.defensive_rebounds,
    100 * o.fg_attempted + 44 * o.ft_attempted + 100 * o.turnovers - 100 * o.offensive_rebounds AS possessions_x100,
    240 + 25 * f.overtime_periods AS exact_minutes,
    COALESCE(
      s.attempts = o.fg_attempted AND s.makes = o.fg_made AND s.three_attempts = o.three_pt_attempted
      AND s.three_makes = o.three_pt_made
      AND s.unplaced = 0, FALSE
    ) AS zones_known,
    s.paint_attempts,
    s.paint_makes,
    s.mid_range_attempts,
    s.mid_range_makes,
    eg.game_id IS NOT NULL
      AND COALESCE(b.paint, 0) + COALESCE(b.mid_range, 0) + COALESCE(b.three, 0) = d.blocks AS blocks_known,
    COALESCE(b.paint, 0) AS blocks_paint,
    COALESCE(b.mid_range, 0) AS blocks_mid_range,
    COALESCE(b.three, 0) AS blocks_three_pt
  FROM fixtures AS f
  LEFT JOIN nba_raw.nbac_team_boxscore AS o
    ON o.game_id = f.game_id AND o.team_abbr = f.opponent_team_abbr
    AND o.game_date BETWEEN @start_date AND @end_date
  LEFT JOIN nba_raw.nbac_team_boxscore AS d
    ON d.game_id = f.game_id AND d.team_abbr = f.team_abbr AND d.game_date BETWEEN @start_date AND @end_date
  LEFT JOIN shots AS s ON s.game_id = f.game_id AND s.team_abbr = f.opponent_team_abbr
  LEFT JOIN event_games AS eg ON eg.game_id = f.game_id
  LEFT JOIN blocked AS b ON b.game_id = f.game_id AND b.shooting_team = f.opponent_team_abbr
)
SELECT
  game_id,
  game_date,
  season_year,
  season_type,
  team_abbr AS defending_team_abbr,
  opponent_team_abbr,
  home_game,
  points AS points_allowed,
  fg_attempted AS opp_fg_attempts,
  fg_made AS opp_fg_makes,
  three_pt_attempted AS opp_three_pt_attempts,
  three_pt_made AS opp_three_pt_makes,
  ft_attempted AS opp_ft_attempts,
  ft_made AS opp_ft_makes,
  opp_offensive_rebounds,
  total_rebounds AS opp_rebounds,
  assists AS opp_assists,
  turnovers AS turnovers_forced,
  personal_fouls AS fouls_committed,
  IF(zones_known, paint_attempts, NULL) AS opp_paint_attempts,
  IF(zones_known, paint_makes, NULL) AS opp_paint_makes,
  IF(zones_known, mid_range_attempts, NULL) AS opp_mid_range_attempts,
  IF(zones_known, mid_range_makes, NULL) AS opp_mid_range_makes,
  IF(zones_known, 2 * paint_makes, NULL) AS points_in_paint_allowed,
  IF(zones_known, 2 * mid_range_makes, NULL) AS mid_range_points_allowed,
  3 * three_pt_made AS three_pt_points_allowed,
  IF(blocks_known, blocks_paint, NULL) AS blocks_paint,
  IF(blocks_known, blocks_mid_range, NULL) AS blocks_mid_range,
  IF(blocks_known, blocks_three_pt, NULL) AS blocks_three_pt,
  steals,
  defensive_rebounds,
  SAFE_DIVIDE(possessions_x100, 100) AS opp_possessions,
  SAFE_DIVIDE(10000 * points, possessions_x100) AS defensive_rating,
  SAFE_DIVIDE(240 * possessions_x100, 100 * exact_minutes) AS opponent_pace,
  SAFE_DIVIDE(100 * points, 2 * (100 * fg_attempted + 44 * ft_attempted)) AS opponent_ts_pct,
  exact_minutes,
  margin > 0 AS win_flag,
  margin AS margin_of_victory,
  overtime_periods,
  IF(has_lines, NULL, 'MISSING_DEPENDENCY') AS failure_category,
  CASE
    WHEN has_lines THEN NULL
    WHEN found_team IS NULL THEN CONCAT('no team box score for game ', game_id)
    ELSE CONCAT('only the team box score of ', found_team, ' for game ', game_id)
  END AS failure_reason,
  1 AS expected_game_count,
  IF(has_lines, 1, 0) AS actual_game_count,
  CAST(NULL AS BOOL) AS data_missing
FROM joined
