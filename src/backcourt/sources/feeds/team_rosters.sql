-- nba_raw.nbac_player_list_current from the teams' own roster pages, which have the birth dates; a player whom two pages
-- list is with the team of the newer one.
WITH newest AS (
  SELECT player_id, MAX(received) AS received FROM nba_staging.team_rosters GROUP BY player_id
),
listed AS (
  SELECT
    r.player_id, r.player_name, r.team_id, r.position, r.birth_date, n.player_lookup, k.tricode,
    COUNT(*) OVER (PARTITION BY r.player_id) AS copies
  FROM nba_staging.team_rosters AS r
  JOIN newest AS w ON w.player_id IS NOT DISTINCT FROM r.player_id AND w.received = r.received
  LEFT JOIN nba_staging.teams AS k ON k.team_id = r.team_id
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
)
SELECT
  @season_year AS season_year,
  player_id,
  player_lookup,
  player_name AS player_full_name,
  tricode AS team_abbr,
  NULLIF(position, '') AS position,
  birth_date,
  TRUE AS is_active,
  NULLIF(ARRAY_TO_STRING([
    IF(player_id IS NULL OR COALESCE(player_lookup, '') = '', 'required_fields: a player has no id or no name', NULL),
    IF(tricode IS NULL, FORMAT('known_team: %s', COALESCE(CAST(team_id AS STRING), '?')), NULL),
    IF(EXTRACT(YEAR FROM birth_date) NOT BETWEEN @season_year - 60 AND @season_year - 15,
       FORMAT('birth_date_plausible: %s', FORMAT_DATE('%Y-%m-%d', birth_date)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: the player is listed %d times', copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
