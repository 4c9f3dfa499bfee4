-- The staged names for which games are held back.
SELECT
  '{holding}' AS source,
  player_lookup,
  @season AS season,
  team_abbr,
  player_name AS original_name,
  CAST(NULL AS STRING) AS source_player_id,
  game_date AS day,
  game_id
FROM {staged}
WHERE REGEXP_CONTAINS(broken_rules, r'(^|; )known_(player|absent): ') AND player_lookup <> '' AND team_abbr IS NOT NULL
