-- The rest of nba_raw.nbac_player_list_current's statements, after `people`: a player, his team as the source has it and
-- as it is known.
listed AS (
  SELECT p.*, n.player_lookup, COUNT(*) OVER (PARTITION BY p.player_id) AS copies
  FROM people AS p
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = p.player_name
)
SELECT
  @season_year AS season_year,
  player_id,
  player_lookup,
  player_name AS player_full_name,
  known_team AS team_abbr,
  NULLIF(position, '') AS position,
  birth_date,
  is_active,
  NULLIF(ARRAY_TO_STRING([
    IF(player_id IS NULL OR COALESCE(player_lookup, '') = '', 'required_fields: a player has no id or no name', NULL),
    IF(team IS NOT NULL AND known_team IS NULL, FORMAT('known_team: %s is %s', team, {no_team}), NULL),
    IF(EXTRACT(YEAR FROM birth_date) NOT BETWEEN @season_year - 60 AND @season_year - 15,
       FORMAT('birth_date_plausible: %s', FORMAT_DATE('%Y-%m-%d', birth_date)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: the player is listed %d times', copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
