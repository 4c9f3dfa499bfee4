-- The names without a player among staged candidates: one row per name and date.
SELECT
  player_lookup, game_date, MIN(team_abbr) AS team_abbr, MIN({season}) AS season, MIN(game_id) AS game_id,
  COUNT(*) AS occurrence_count
FROM {stage} AS s
WHERE player_id IS NULL AND player_lookup IS NOT NULL
GROUP BY player_lookup, game_date
