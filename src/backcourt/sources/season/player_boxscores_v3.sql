-- nba_raw.nbac_gamebook_player_stats: everyone listed for a game. Side and date come from the schedule.
WITH repeated AS (
  SELECT game_id, person_id, COUNT(*) AS copies
  FROM nba_staging.player_boxscores_v3 GROUP BY game_id, person_id HAVING COUNT(*) > 1
),
totals AS (
  SELECT game_id, team_tricode, SUM(points) AS points, COUNTIF(NULLIF(position, '') IS NOT NULL) AS starters
  FROM nba_staging.player_boxscores_v3 GROUP BY game_id, team_tricode
),
lines AS (
  SELECT
    p.game_id, p.person_id, p.team_tricode,
    TRIM(CONCAT(COALESCE(p.first_name, ''), ' ', COALESCE(p.family_name, ''))) AS player_name,
    NULLIF(TRIM(p.comment), '') AS comment,
    NULLIF(TRIM(p.minutes), '') AS minutes,
    NULLIF(TRIM(p.position), '') AS start_position,
    p.field_goals_made, p.field_goals_attempted, p.three_pointers_made, p.three_pointers_attempted,
    p.free_throws_made, p.free_throws_attempted, p.rebounds_offensive, p.rebounds_defensive, p.rebounds_total,
    p.assists, p.steals, p.blocks, p.turnovers, p.fouls_personal, p.points,
    CAST(ROUND(p.plus_minus_points) AS INT64) AS plus_minus,
    r.copies, t.points AS team_points, t.starters, s.game_id AS known_game, s.game_date, s.game_status, s.periods,
    p.team_tricode = s.home_team_tricode AS is_home,
    IF(p.team_tricode = s.home_team_tricode, s.away_team_tricode, s.home_team_tricode) AS opponent,
    p.team_tricode IN (s.home_team_tricode, s.away_team_tricode) AS in_game,
    IF(p.team_tricode = s.home_team_tricode, s.home_team_score, s.away_team_score) AS own_score
  FROM nba_staging.player_boxscores_v3 AS p
  LEFT JOIN repeated AS r ON r.game_id = p.game_id AND r.person_id = p.person_id
  LEFT JOIN totals AS t ON t.game_id = p.game_id AND t.team_tricode = p.team_tricode
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = p.game_id AND s.season_year = @season_year
),
timed AS (
  SELECT
    l.*,
    n.player_lookup,
    CONCAT(l.player_name, ' (', COALESCE(l.team_tricode, '?'), ')') AS who,
    l.minutes IS NOT NULL AS played,
    SAFE_CAST(SPLIT(l.minutes, ':')[SAFE_OFFSET(0)] AS INT64) * 60
      + SAFE_CAST(SPLIT(l.minutes, ':')[SAFE_OFFSET(1)] AS INT64) AS seconds_played,
    -- DND is "did not dress", NWT "not with team": neither could have been sent on.
    SUBSTR(UPPER(l.comment), 1, 3) IN ('NWT', 'DND') OR STARTS_WITH(UPPER(l.comment), 'INACTIVE') AS not_dressed
  FROM lines AS l
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = l.player_name
)
SELECT
  game_id,
  game_date,
  @season_year AS season_year,
  person_id AS player_id,
  player_name,
  player_lookup,
  team_tricode AS team_abbr,
  opponent AS opponent_team_abbr,
  is_home,
  IF(played, points, NULL) AS points,
  IF(played, field_goals_made, NULL) AS field_goals_made,
  IF(played, field_goals_attempted, NULL) AS field_goals_attempted,
  IF(played, three_pointers_made, NULL) AS three_pointers_made,
  IF(played, three_pointers_attempted, NULL) AS three_pointers_attempted,
  IF(played, free_throws_made, NULL) AS free_throws_made,
  IF(played, free_throws_attempted, NULL) AS free_throws_attempted,
  IF(played, rebounds_offensive, NULL) AS offensive_rebounds,
  IF(played, rebounds_defensive, NULL) AS defensive_rebounds,
  IF(played, rebounds_total, NULL) AS total_rebounds,
  IF(played, assists, NULL) AS assists,
  IF(played, steals, NULL) AS steals,
  IF(played, blocks, NULL) AS blocks,
  IF(played, turnovers, NULL) AS turnovers,
  IF(played, fouls_personal, NULL) AS personal_fouls,
  IF(played, plus_minus, NULL) AS plus_minus,
  CASE WHEN played THEN 'active' WHEN not_dressed THEN 'inactive' ELSE 'dnp' END AS player_status,
  IF(played, NULL, comment) AS dnp_reason,
  minutes,
  seconds_played,
  start_position,
  IF(starters = 5, start_position IS NOT NULL, NULL) AS is_starter,
  NULLIF(ARRAY_TO_STRING([
    IF(known_game IS NULL, 'known_game: the schedule does not have it', NULL),
    IF(game_status <> 3, 'game_is_final: the schedule says that it is not over', NULL),
    IF(NOT in_game, FORMAT('team_in_game: the schedule has other teams, %s', who), NULL),
    IF(game_id IS NULL OR person_id IS NULL OR COALESCE(player_lookup, '') = '' OR team_tricode IS NULL
       OR (played AND (field_goals_made IS NULL OR field_goals_attempted IS NULL OR three_pointers_made IS NULL
         OR three_pointers_attempted IS NULL OR free_throws_made IS NULL OR free_throws_attempted IS NULL
         OR rebounds_offensive IS NULL OR rebounds_defensive IS NULL OR rebounds_total IS NULL OR assists IS NULL
         OR steals IS NULL OR blocks IS NULL OR turnovers IS NULL OR fouls_personal IS NULL OR points IS NULL)),
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(NOT REGEXP_CONTAINS(minutes, r'^[0-9]{1,3}:([0-5][0-9]|60)$'),
       FORMAT('minutes_format: %s %s is not MM:SS', who, minutes), NULL),
    IF(LEAST(field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made,
             free_throws_attempted, rebounds_offensive, rebounds_defensive, rebounds_total, assists, steals, blocks,
             turnovers, fouls_personal, points) < 0,
       FORMAT('not_negative: %s has a count below 0', who), NULL),
    IF(field_goals_made > field_goals_attempted OR three_pointers_made > three_pointers_attempted
       OR free_throws_made > free_throws_attempted,
       FORMAT('made_over_attempted: %s field goals %d/%d, threes %d/%d, free throws %d/%d', who, field_goals_made,
       field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made, free_throws_attempted),
       NULL),
    IF(three_pointers_made > field_goals_made OR three_pointers_attempted > field_goals_attempted,
       FORMAT('threes_within_field_goals: %s threes %d/%d of field goals %d/%d', who, three_pointers_made,
       three_pointers_attempted, field_goals_made, field_goals_attempted), NULL),
    IF(rebounds_offensive + rebounds_defensive <> rebounds_total,
       FORMAT('rebounds_add_up: %s %d + %d is not %d', who, rebounds_offensive, rebounds_defensive, rebounds_total),
       NULL),
    IF(points <> 2 * (field_goals_made - three_pointers_made) + 3 * three_pointers_made + free_throws_made,
       FORMAT('points_add_up: %s %d points, the shots make %d', who, points,
       2 * (field_goals_made - three_pointers_made) + 3 * three_pointers_made + free_throws_made),
       NULL),
    IF(NOT played AND field_goals_attempted + free_throws_attempted + rebounds_total + assists + steals + blocks
       + turnovers + fouls_personal + points > 0, FORMAT('stats_without_minutes: %s', who), NULL),
    IF(seconds_played > (48 + 5 * (periods - 4)) * 60,
       FORMAT('minutes_in_game: %s %s of %d', who, minutes, 48 + 5 * (periods - 4)), NULL),
    IF(in_game AND team_points <> own_score,
       FORMAT('team_total: players of %s make %d points, the schedule says %d', team_tricode, team_points, own_score),
       NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(ENDS_WITH(minutes, ':60'), 'sixty_seconds', NULL) AS warning
FROM timed
