-- nba_raw.nbac_inactive_players: who was not dressed for a game, with his id. The date is the schedule's.
WITH listed AS (
  SELECT
    p.*, n.player_lookup, s.game_id AS known_game, s.game_date AS scheduled, s.game_status AS stored_status,
    CONCAT(COALESCE(p.player_name, CAST(p.player_id AS STRING), '?'), ' of ', COALESCE(p.team_abbreviation, '?')) AS who,
    p.team_abbreviation IN (s.home_team_tricode, s.away_team_tricode) AS in_game,
    IF(p.team_abbreviation = s.home_team_tricode, s.home_team_score, s.away_team_score) AS own_score,
    COUNT(*) OVER (PARTITION BY p.game_id, p.player_id) AS copies
  FROM nba_staging.inactive_players AS p
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = p.player_name
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = p.game_id AND s.season_year = @season_year
)
SELECT
  game_id,
  scheduled AS game_date,
  @season_year AS season_year,
  player_id,
  player_name,
  player_lookup,
  team_abbreviation AS team_abbr,
  NULLIF(TRIM(jersey_number), '') AS jersey_number,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(game_status <> 3 OR stored_status <> 3, 'game_is_final: the summary or the schedule says that it is not over',
       NULL),
    IF(game_date <> scheduled, FORMAT('right_date: the summary is of %s, the schedule has %s',
       FORMAT_DATE('%Y-%m-%d', game_date), FORMAT_DATE('%Y-%m-%d', scheduled)), NULL),
    IF(NOT in_game, FORMAT('team_in_game: %s', who), NULL),
    IF(player_id IS NULL OR player_id <= 0 OR COALESCE(player_lookup, '') = '' OR team_abbreviation IS NULL,
       FORMAT('required_fields: %s has no id, no name or no team', who), NULL),
    IF(in_game AND points <> own_score,
       FORMAT('score_matches_schedule: %s made %d points, the schedule says %d', team_abbreviation, points, own_score),
       NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s is listed %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
