-- nba_raw.bigdataball_play_by_play. The file's game ids are the NBA's; home and away come from the schedule.
WITH totals AS (
  SELECT game_id, SUM(points_scored) AS points, MAX(home_score) AS home_points, MAX(away_score) AS away_points
  FROM nba_staging.bigdataball_pbp GROUP BY game_id
),
events AS (
  SELECT
    e.*,
    CONCAT('event ', COALESCE(CAST(e.event_sequence AS STRING), '?')) AS who,
    s.game_id AS known_game, s.game_date AS known_date, s.game_status, s.periods, s.home_team_tricode,
    s.away_team_tricode, s.home_team_score, s.away_team_score, t.points, t.home_points, t.away_points,
    CASE e.player_1_side WHEN 'home' THEN s.home_team_tricode WHEN 'away' THEN s.away_team_tricode ELSE e.player_1_team
      END AS team_1,
    COUNT(*) OVER (PARTITION BY e.game_id, e.event_sequence) AS copies
  FROM nba_staging.bigdataball_pbp AS e
  INNER JOIN totals AS t ON t.game_id IS NOT DISTINCT FROM e.game_id
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = e.game_id AND s.season_year = @season_year
)
SELECT
  game_id,
  known_date AS game_date,
  @season_year AS season_year,
  event_sequence,
  home_team_tricode AS home_team_abbr,
  away_team_tricode AS away_team_abbr,
  period,
  remaining_time,
  event_type,
  event_subtype,
  player_1_lookup,
  team_1 AS player_1_team_abbr,
  player_2_lookup,
  player_2_role,
  is_made,
  shot_type,
  shot_distance,
  points_scored,
  original_x,
  original_y,
  description,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    {game_is_final},
    IF(event_sequence IS NULL OR period IS NULL OR event_type IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(shot_type IS NOT NULL AND is_made IS NULL, FORMAT('shot_outcome: %s neither made nor missed', who), NULL),
    IF(player_1_team NOT IN (home_team_tricode, away_team_tricode),
       FORMAT('team_in_game: %s of %s', who, player_1_team), NULL),
    IF(period < 1 OR period > periods
       OR NOT REGEXP_CONTAINS(remaining_time, r'^(0:)?(1[0-2]|0?[0-9]):[0-5][0-9](\.[0-9]+)?$'),
       FORMAT('clock_plausible: %s period %d, %s left', who, period, COALESCE(remaining_time, '?')), NULL),
    IF(points_scored NOT BETWEEN 0 AND 3, FORMAT('points_plausible: %s %d points', who, points_scored), NULL),
    IF(points IS NULL OR points <> home_points + away_points,
       FORMAT('points_add_up: the events make %d points, the score %d', COALESCE(points, 0),
       COALESCE(home_points + away_points, 0)), NULL),
    IF(home_points <> home_team_score OR away_points <> away_team_score,
       FORMAT('score_matches_schedule: %d-%d, the schedule says %d-%d', away_points, home_points, away_team_score,
       home_team_score), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(game_date <> known_date, 'date_differs', NULL),
    IF(player_1_side IS NOT NULL AND team_1 <> player_1_team AND event_type <> 'jump ball', 'team_differs', NULL)
  ], '; '), '') AS warning
FROM events
