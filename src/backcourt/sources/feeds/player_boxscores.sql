-- nba_raw.nbac_player_boxscore. A player's game, team side and date come from the schedule.
WITH repeated AS (
  SELECT game_id, player_id, COUNT(*) AS copies
  FROM nba_staging.player_boxscores GROUP BY game_id, player_id HAVING COUNT(*) > 1
),
totals AS (
  SELECT game_id, team_abbreviation, SUM(pts) AS points, COUNT(*) OVER (PARTITION BY game_id) AS teams
  FROM nba_staging.player_boxscores GROUP BY game_id, team_abbreviation
),
lines AS (
  SELECT
    r.game_id, r.player_id, r.player_name, n.player_lookup, r.team_abbreviation, r.min, {counts},
    r.is_home AS stated_home,
    CAST(ROUND(r.plus_minus) AS INT64) AS plus_minus,
    CONCAT(COALESCE(r.player_name, '?'), ' (', COALESCE(r.team_abbreviation, '?'), ')') AS who,
    d.copies, t.points AS team_points, t.teams, s.game_id AS known_game, s.game_date, s.game_status, s.periods,
    {side}
  FROM nba_staging.player_boxscores AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  LEFT JOIN repeated AS d ON d.game_id = r.game_id AND d.player_id = r.player_id
  LEFT JOIN totals AS t ON t.game_id = r.game_id AND t.team_abbreviation = r.team_abbreviation
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = r.game_id AND s.season_year = @season_year
)
SELECT
  game_id,
  game_date,
  @season_year AS season_year,
  player_id,
  player_name,
  player_lookup,
  team_abbreviation AS team_abbr,
  opponent AS opponent_team_abbr,
  is_home,
  {counts_named},
  plus_minus,
  min AS minutes,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    {game_is_final},
    IF(NOT in_game, FORMAT('team_in_game: the schedule has other teams, %s', who), NULL),
    IF(game_id IS NULL OR player_id IS NULL OR COALESCE(player_lookup, '') = '' OR team_abbreviation IS NULL
       OR LEAST(min, {counts}) IS NULL, FORMAT('required_fields: %s misses a field', who), NULL),
    IF(LEAST(min, {counts}) < 0, FORMAT('not_negative: %s has a count below 0', who), NULL),
    {counts_add_up},
    IF(min > 48 + 5 * (periods - 4),
       FORMAT('minutes_in_game: %s %d of %d', who, min, 48 + 5 * (periods - 4)), NULL),
    {both_sides},
    {team_total},
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(stated_home <> is_home, 'home_differs', NULL) AS warning
FROM lines
