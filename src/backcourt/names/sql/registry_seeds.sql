-- Everybody who ever played, as rows of the registry.
SELECT
  universal_player_id,
  '' AS team_abbr,
  '' AS season,
  player_id,
  player_lookup,
  player_name,
  NULLIF(name_suffix, '') AS name_suffix,
  CAST(NULL AS DATE) AS birth_date,
  CAST(NULL AS DATE) AS first_game_date,
  CAST(NULL AS DATE) AS last_game_date,
  CAST(NULL AS INT64) AS games_played,
  CAST(NULL AS INT64) AS total_appearances,
  CAST(NULL AS INT64) AS inactive_appearances,
  CAST(NULL AS INT64) AS dnp_appearances,
  CAST(NULL AS STRING) AS position,
  'static_list' AS source_priority,
  1.0 AS confidence_score,
  CAST(NULL AS DATE) AS last_gamebook_activity_date,
  CAST(NULL AS DATE) AS last_roster_activity_date
FROM {everybody}
