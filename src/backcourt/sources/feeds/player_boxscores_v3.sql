-- nba_raw.nbac_gamebook_player_stats: everyone listed for a game. Side and date come from the schedule.
WITH repeated AS (
  SELECT game_id, person_id, COUNT(*) AS copies
  FROM nba_staging.player_boxscores_v3 GROUP BY game_id, person_id HAVING COUNT(*) > 1
),
totals AS (
  SELECT game_id, team_tricode, SUM(points) AS points, COUNTIF(NULLIF(position, '') IS NOT NULL) AS starters,
    COUNT(*) OVER (PARTITION BY game_id) AS teams
  FROM nba_staging.player_boxscores_v3 GROUP BY game_id, team_tricode
),
named AS (
  SELECT
    game_id, person_id AS player_id, team_tricode AS team_abbreviation,
    TRIM(CONCAT(COALESCE(first_name, ''), ' ', COALESCE(family_name, ''))) AS player_name,
    NULLIF(TRIM(comment), '') AS comment,
    NULLIF(TRIM(minutes), '') AS minutes,
    NULLIF(TRIM(position), '') AS start_position,
    field_goals_made AS fgm, field_goals_attempted AS fga, three_pointers_made AS fg3m,
    three_pointers_attempted AS fg3a, free_throws_made AS ftm, free_throws_attempted AS fta,
    rebounds_offensive AS oreb, rebounds_defensive AS dreb, rebounds_total AS reb, assists AS ast, steals AS stl,
    blocks AS blk, turnovers AS tov, fouls_personal AS pf, points AS pts,
    CAST(ROUND(plus_minus_points) AS INT64) AS plus_minus
  FROM nba_staging.player_boxscores_v3
),
lines AS (
  SELECT
    r.*,
    n.player_lookup,
    CONCAT(r.player_name, ' (', COALESCE(r.team_abbreviation, '?'), ')') AS who,
    {played} AS played,
    {seconds} AS seconds_played,
    -- DND is "did not dress", NWT "not with team": neither could have been sent on.
    SUBSTR(UPPER(r.comment), 1, 3) IN ('NWT', 'DND') OR STARTS_WITH(UPPER(r.comment), 'INACTIVE') AS not_dressed,
    d.copies, t.points AS team_points, t.teams, t.starters, s.game_id AS known_game, s.game_date, s.game_status, s.periods,
    {side}
  FROM named AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  LEFT JOIN repeated AS d ON d.game_id = r.game_id AND d.person_id = r.player_id
  LEFT JOIN totals AS t ON t.game_id = r.game_id AND t.team_tricode = r.team_abbreviation
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
  IF(played, pts, NULL) AS points,
  IF(played, fgm, NULL) AS field_goals_made,
  IF(played, fga, NULL) AS field_goals_attempted,
  IF(played, fg3m, NULL) AS three_pointers_made,
  IF(played, fg3a, NULL) AS three_pointers_attempted,
  IF(played, ftm, NULL) AS free_throws_made,
  IF(played, fta, NULL) AS free_throws_attempted,
  IF(played, oreb, NULL) AS offensive_rebounds,
  IF(played, dreb, NULL) AS defensive_rebounds,
  IF(played, reb, NULL) AS total_rebounds,
  IF(played, ast, NULL) AS assists,
  IF(played, stl, NULL) AS steals,
  IF(played, blk, NULL) AS blocks,
  IF(played, tov, NULL) AS turnovers,
  IF(played, pf, NULL) AS personal_fouls,
  IF(played, plus_minus, NULL) AS plus_minus,
  CASE WHEN played THEN 'active' WHEN not_dressed THEN 'inactive' ELSE 'dnp' END AS player_status,
  IF(played, NULL, comment) AS dnp_reason,
  IF(played, minutes, NULL) AS minutes,
  IF(played, seconds_played, NULL) AS seconds_played,
  start_position,
  IF(starters = 5, start_position IS NOT NULL, NULL) AS is_starter,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    {game_is_final},
    IF(NOT in_game, FORMAT('team_in_game: the schedule has other teams, %s', who), NULL),
    IF(game_id IS NULL OR player_id IS NULL OR COALESCE(player_lookup, '') = '' OR team_abbreviation IS NULL
       OR (played AND LEAST({counts}) IS NULL), FORMAT('required_fields: %s misses a field', who), NULL),
    IF(played AND NOT REGEXP_CONTAINS(minutes, r'^[0-9]{1,3}:([0-5][0-9]|60)$'),
       FORMAT('minutes_format: %s %s is not MM:SS', who, minutes), NULL),
    IF(LEAST({counts}) < 0, FORMAT('not_negative: %s has a count below 0', who), NULL),
    {counts_add_up},
    IF(NOT played AND fga + fta + reb + ast + stl + blk + tov + pf + pts > 0,
       FORMAT('stats_without_minutes: %s', who), NULL),
    IF(seconds_played > (48 + 5 * (periods - 4)) * 60,
       FORMAT('minutes_in_game: %s %s of %d', who, minutes, 48 + 5 * (periods - 4)), NULL),
    {both_sides},
    {team_total},
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(ENDS_WITH(minutes, ':60'), 'sixty_seconds', NULL) AS warning
FROM lines
