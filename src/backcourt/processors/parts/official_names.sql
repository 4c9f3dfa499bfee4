-- How the registry calls every player, by the newest season that lists him: for rows of sources that spell otherwise.
SELECT
  n.player_id,
  ARRAY_AGG(n.player_lookup ORDER BY n.season DESC, n.player_name LIMIT 1)[OFFSET(0)] AS player_lookup,
  ARRAY_AGG(n.player_name ORDER BY n.season DESC, n.player_name LIMIT 1)[OFFSET(0)] AS player_name
FROM nba_reference.nba_players_registry AS n
GROUP BY n.player_id
