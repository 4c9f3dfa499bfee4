-- The candidates with neither a row nor a record.
WITH {covered}
SELECT u.`table`, u.day, u.entity, COALESCE(n.player_lookup, '') AS name, u.game_id
FROM ({selects}) AS u
LEFT JOIN (
  SELECT player_id, MIN(player_lookup) AS player_lookup FROM nba_raw.nbac_player_boxscore GROUP BY player_id
) AS n ON n.player_id = u.player_id
ORDER BY u.`table`, u.day, u.entity
