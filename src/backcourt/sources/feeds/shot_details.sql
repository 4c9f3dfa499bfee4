-- nba_raw.nbac_shot_chart from the service's shot charts. The zone comes from the one classifier, the team from the
-- schedule; shooters must have a box-score line wherever the game's box score is stored.
WITH repeated AS (
  SELECT game_id, game_event_id, COUNT(*) AS copies
  FROM nba_staging.shot_details GROUP BY game_id, game_event_id HAVING COUNT(*) > 1
),
listed AS (
  SELECT game_id, player_id, team_abbr FROM nba_raw.nbac_player_boxscore
  WHERE season_year = @season_year AND game_date BETWEEN @first_day AND @last_day
  UNION DISTINCT
  SELECT game_id, player_id, team_abbr FROM nba_raw.nbac_gamebook_player_stats
  WHERE season_year = @season_year AND game_date BETWEEN @first_day AND @last_day
),
boxed AS (
  SELECT DISTINCT game_id FROM listed
),
placed AS (
  SELECT
    a.game_id, a.game_event_id, a.player_id, a.period, a.minutes_remaining, a.seconds_remaining, a.loc_x, a.loc_y,
    a.shot_distance, a.is_three, a.shot_made_flag, a.action_type, a.shot_zone_basic,
    SAFE_DIVIDE(a.loc_x, 10) AS x_feet,
    SAFE_DIVIDE(a.loc_y, 10) AS y_feet,
    CONCAT('event ', COALESCE(CAST(a.game_event_id AS STRING), '?')) AS who,
    s.game_id AS known_game, s.game_date, s.periods,
    CASE a.team_id
      WHEN s.home_team_id THEN s.home_team_tricode WHEN s.away_team_id THEN s.away_team_tricode
    END AS team
  FROM nba_staging.shot_details AS a
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = a.game_id AND s.season_year = @season_year
),
attempts AS (
  SELECT p.*, r.copies, b.game_id AS boxed_game, l.player_id AS known_player
  FROM placed AS p
  LEFT JOIN repeated AS r ON r.game_id = p.game_id AND r.game_event_id = p.game_event_id
  LEFT JOIN boxed AS b ON b.game_id = p.game_id
  LEFT JOIN listed AS l ON l.game_id = p.game_id AND l.player_id = p.player_id AND l.team_abbr = p.team
)
SELECT
  game_id,
  game_date,
  @season_year AS season_year,
  game_event_id AS event_id,
  player_id,
  team AS team_abbr,
  period,
  minutes_remaining * 60 + seconds_remaining AS seconds_remaining_in_period,
  x_feet,
  y_feet,
  shot_distance,
  is_three,
  shot_made_flag = 1 AS is_made,
  CAST(NULL AS BOOL) AS is_assisted,
  NULLIF(action_type, '') AS action_type,
  {zone} AS zone,
  NULLIF(shot_zone_basic, '') AS zone_basic,
  NULLIF(ARRAY_TO_STRING([
    IF(known_game IS NULL, 'known_game: the schedule does not have it', NULL),
    IF(known_game IS NOT NULL AND team IS NULL, FORMAT('team_in_game: the schedule has other teams, %s', who), NULL),
    IF(team IS NOT NULL AND boxed_game IS NOT NULL AND known_player IS NULL,
       FORMAT('player_in_game: player %s of %s has no box-score line for that team',
       COALESCE(CAST(player_id AS STRING), '?'), who), NULL),
    IF(game_id IS NULL OR game_event_id IS NULL OR player_id IS NULL OR period IS NULL OR minutes_remaining IS NULL
       OR seconds_remaining IS NULL OR is_three IS NULL OR shot_made_flag IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(shot_made_flag NOT IN (0, 1), FORMAT('known_flag: %s has a flag beside 0 and 1', who), NULL),
    IF(period < 1 OR period > periods OR minutes_remaining NOT BETWEEN 0 AND 12
       OR seconds_remaining NOT BETWEEN 0 AND 59,
       FORMAT('clock_plausible: %s period %d, %d:%d left', who, period, minutes_remaining, seconds_remaining), NULL),
    IF(ABS(loc_x) > 260 OR loc_y NOT BETWEEN -60 AND 900,
       FORMAT('coordinates_plausible: %s x %d, y %d tenths of feet', who, CAST(ROUND(loc_x) AS INT64),
       CAST(ROUND(loc_y) AS INT64)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s is there %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM attempts
