-- nba_raw.nbac_player_list_current from the service's list, of several lists the newest. It has no birth dates: one that
-- is stored stays.
WITH newest AS (
  SELECT MAX(received) AS received FROM nba_staging.player_index
),
listed AS (
  SELECT
    p.player_id, p.player_name, NULLIF(p.team_abbreviation, '') AS team_abbreviation, p.position, p.is_active,
    n.player_lookup, k.tricode AS known_team, t.birth_date,
    COUNT(*) OVER (PARTITION BY p.player_id) AS copies
  FROM nba_staging.player_index AS p
  JOIN newest AS w ON w.received = p.received
  LEFT JOIN nba_staging.teams AS k ON k.tricode = p.team_abbreviation
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = p.player_name
  LEFT JOIN nba_raw.nbac_player_list_current AS t ON t.player_id = p.player_id AND t.season_year = @season_year
)
SELECT
  @season_year AS season_year,
  player_id,
  player_lookup,
  player_name AS player_full_name,
  team_abbreviation AS team_abbr,
  NULLIF(position, '') AS position,
  birth_date,
  is_active,
  NULLIF(ARRAY_TO_STRING([
    IF(player_id IS NULL OR COALESCE(player_lookup, '') = '', 'required_fields: a player has no id or no name', NULL),
    IF(team_abbreviation IS NOT NULL AND known_team IS NULL, FORMAT('known_team: %s', team_abbreviation), NULL),
    IF(copies > 1, FORMAT('duplicate_key: the player is listed %d times', copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
