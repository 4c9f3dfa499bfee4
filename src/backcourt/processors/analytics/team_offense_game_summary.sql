-- A team's own line in every final game of the range. Candidates: both teams of each final game of the schedule.
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
joined AS (
  SELECT
    f.*,
    t.game_id IS NOT NULL AS has_line,
    t.points,
    t.fg_attempted,
    t.fg_made,
    t.three_pt_attempted,
    t.three_pt_made,
    t.ft_attempted,
    t.ft_made,
    t.offensive_rebounds,
    t.total_rebounds,
    t.assists,
    t.turnovers,
    t.personal_fouls,
    100 * t.fg_attempted + 44 * t.ft_attempted + 100 * t.turnovers - 100 * t.offensive_rebounds AS possessions_x100,
    240 + 25 * f.overtime_periods AS exact_minutes,
    COALESCE(
      s.attempts = t.fg_attempted AND s.makes = t.fg_made AND s.three_attempts = t.three_pt_attempted
      AND s.three_makes = t.three_pt_made
      AND s.unplaced = 0, FALSE
    ) AS zones_known,
    s.paint_attempts,
    s.paint_makes,
    s.mid_range_attempts,
    s.mid_range_makes
  FROM fixtures AS f
  LEFT JOIN nba_raw.nbac_team_boxscore AS t
    ON t.game_id = f.game_id AND t.team_abbr = f.team_abbr AND t.game_date BETWEEN @start_date AND @end_date
  LEFT JOIN shots AS s ON s.game_id = f.game_id AND s.team_abbr = f.team_abbr
)
SELECT
  game_id,
  game_date,
  season_year,
  season_type,
  team_abbr,
  opponent_team_abbr,
  home_game,
  points AS points_scored,
  fg_attempted AS fg_attempts,
  fg_made AS fg_makes,
  three_pt_attempted AS three_pt_attempts,
  three_pt_made AS three_pt_makes,
  ft_attempted AS ft_attempts,
  ft_made AS ft_makes,
  offensive_rebounds,
  total_rebounds AS rebounds,
  assists,
  turnovers,
  personal_fouls,
  IF(zones_known, paint_attempts, NULL) AS team_paint_attempts,
  IF(zones_known, paint_makes, NULL) AS team_paint_makes,
  IF(zones_known, mid_range_attempts, NULL) AS team_mid_range_attempts,
  IF(zones_known, mid_range_makes, NULL) AS team_mid_range_makes,
  IF(zones_known, 2 * paint_makes, NULL) AS points_in_paint_scored,
  SAFE_DIVIDE(possessions_x100, 100) AS possessions,
  SAFE_DIVIDE(10000 * points, possessions_x100) AS offensive_rating,
  -- possessions * 48 / (minutes / 5) = possessions * 240 / minutes
  SAFE_DIVIDE(240 * possessions_x100, 100 * exact_minutes) AS pace,
  SAFE_DIVIDE(100 * points, 2 * (100 * fg_attempted + 44 * ft_attempted)) AS ts_pct,
  exact_minutes,
  margin > 0 AS win_flag,
  margin AS margin_of_victory,
  overtime_periods,
  IF(has_line, NULL, 'MISSING_DEPENDENCY') AS failure_category,
  IF(has_line, NULL, CONCAT('no team box score of ', team_abbr, ' for game ', game_id)) AS failure_reason,
  1 AS expected_game_count,
  IF(has_line, 1, 0) AS actual_game_count,
  CAST(NULL AS BOOL) AS data_missing
FROM joined
