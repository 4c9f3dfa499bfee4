-- How the registry calls every player, for rows of sources that spell otherwise: by the league's box scores and its list
-- of all players, the newest season first; by rosters, which partners print, only where the league has never named him.
SELECT
  n.player_id,
  ARRAY_AGG(n.player_lookup ORDER BY n.source_priority = 'roster', n.season DESC, n.player_name LIMIT 1)[OFFSET(0)]
    AS player_lookup,
  ARRAY_AGG(n.player_name ORDER BY n.source_priority = 'roster', n.season DESC, n.player_name LIMIT 1)[OFFSET(0)]
    AS player_name
FROM nba_reference.nba_players_registry AS n
GROUP BY n.player_id
