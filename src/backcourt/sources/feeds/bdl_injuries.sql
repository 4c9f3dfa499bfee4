-- nba_raw.bdl_injuries. Pages that overlap tell a player twice in the same words: he is kept once.
WITH kept AS (
  SELECT
    as_of_date, bdl_player_id, player_name, team, injury_status, return_date_text, description,
    MIN(landed_from) AS landed_from
  FROM nba_staging.bdl_injuries
  GROUP BY as_of_date, bdl_player_id, player_name, team, injury_status, return_date_text, description
),
listed AS (
  SELECT
    b.*, n.player_lookup, k.tricode AS known_team,
    CONCAT(COALESCE(b.player_name, '?'), ' (', COALESCE(CAST(b.bdl_player_id AS STRING), '?'), ')') AS who,
    COUNT(*) OVER (PARTITION BY b.as_of_date, b.bdl_player_id) AS copies
  FROM kept AS b
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = b.player_name
  LEFT JOIN nba_staging.teams AS k ON k.tricode = b.team
)
SELECT
  as_of_date,
  bdl_player_id,
  @season_year AS season_year,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  player_name AS player_full_name,
  team AS team_abbr,
  injury_status,
  return_date_text,
  description,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(bdl_player_id IS NULL OR COALESCE(player_lookup, '') = '' OR injury_status IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(team IS NOT NULL AND known_team IS NULL, FORMAT('known_team: %s is with %s, %s', who, team, {no_team}), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s is listed %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
