-- No name at all, with the columns of names that hold their games back.
SELECT
  source, player_lookup, season, team_abbr, original_name, source_player_id, first_seen_date AS day,
  CAST(NULL AS STRING) AS game_id
FROM nba_reference.unresolved_player_names
WHERE FALSE
