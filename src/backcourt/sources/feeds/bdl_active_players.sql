-- nba_raw.bdl_active_players. Pages that overlap tell a player twice in the same words: he is kept once.
WITH kept AS (
  SELECT
    as_of_date, bdl_player_id, player_name, team, position, jersey_number, draft_year, MIN(landed_from) AS landed_from
  FROM nba_staging.bdl_active_players
  GROUP BY as_of_date, bdl_player_id, player_name, team, position, jersey_number, draft_year
),
newest AS (
  -- Lists of several days in one load: the last one stands.
  SELECT *, MAX(as_of_date) OVER (PARTITION BY bdl_player_id) AS last_date FROM kept
),
listed AS (
  SELECT
    b.*, n.player_lookup, k.tricode AS known_team,
    CONCAT(COALESCE(b.player_name, '?'), ' (', COALESCE(CAST(b.bdl_player_id AS STRING), '?'), ')') AS who,
    COUNT(*) OVER (PARTITION BY b.bdl_player_id) AS copies
  FROM newest AS b
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = b.player_name
  LEFT JOIN nba_staging.teams AS k ON k.tricode = b.team
  WHERE b.as_of_date = b.last_date
)
SELECT
  @season_year AS season_year,
  bdl_player_id,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  player_name AS player_full_name,
  team AS team_abbr,
  position,
  jersey_number,
  draft_year,
  as_of_date,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(bdl_player_id IS NULL OR COALESCE(player_lookup, '') = '',
       FORMAT('required_fields: %s misses his name or id', who), NULL),
    IF(team IS NOT NULL AND known_team IS NULL, FORMAT('known_team: %s is with %s, %s', who, team, {no_team}), NULL),
    IF(draft_year < 1946 OR draft_year > @season_year + 1, FORMAT('draft_plausible: %s in %d', who, draft_year), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s is listed %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
