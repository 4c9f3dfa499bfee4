-- The rest of nba_raw.nbac_shot_chart's statements, after `attempts`: a shot and what is known of its event number
-- (copies), its game (known_game, boxed_game if players of it are known, game_date, periods, and how many teams have
-- shots in it: sides, NULL if that is judged elsewhere), the schedule's code of its team and its shooter in that team
-- (known_player).
shots AS (
  SELECT
    *,
    SAFE_DIVIDE(loc_x, 10) AS x_feet,
    SAFE_DIVIDE(loc_y, 10) AS y_feet,
    CONCAT('event ', COALESCE(CAST(game_event_id AS STRING), '?')) AS who
  FROM attempts
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
  assisted = 1 AS is_assisted,
  NULLIF(action_type, '') AS action_type,
  {zone} AS zone,
  NULLIF(shot_zone_basic, '') AS zone_basic,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(known_game IS NOT NULL AND team IS NULL, FORMAT('team_in_game: the schedule has other teams, %s', who), NULL),
    IF(team IS NOT NULL AND boxed_game IS NOT NULL AND known_player IS NULL,
       FORMAT('player_in_game: player %s of %s has no box-score line for that team',
       COALESCE(CAST(player_id AS STRING), '?'), who), NULL),
    IF(game_id IS NULL OR game_event_id IS NULL OR player_id IS NULL OR period IS NULL OR minutes_remaining IS NULL
       OR seconds_remaining IS NULL OR is_three IS NULL OR shot_made_flag IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(shot_made_flag NOT IN (0, 1) OR assisted NOT IN (0, 1),
       FORMAT('known_flag: %s has a flag beside 0 and 1', who), NULL),
    IF(period < 1 OR period > periods OR minutes_remaining NOT BETWEEN 0 AND 12
       OR seconds_remaining NOT BETWEEN 0 AND 59,
       FORMAT('clock_plausible: %s period %d, %d:%d left', who, period, minutes_remaining, seconds_remaining), NULL),
    IF(ABS(loc_x) > 260 OR loc_y NOT BETWEEN -60 AND 900,
       FORMAT('coordinates_plausible: %s x %d, y %d tenths of feet', who, CAST(ROUND(loc_x) AS INT64),
       CAST(ROUND(loc_y) AS INT64)), NULL),
    IF(sides < 2, 'two_teams: only one team has shots', NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s is there %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(known_game IS NOT NULL AND boxed_game IS NULL, 'compared with no box score: none is stored', NULL) AS warning
FROM shots
