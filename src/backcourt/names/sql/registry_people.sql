-- Who will be in the registry.
SELECT player_id, player_name, team_abbr, season FROM {changed}
UNION ALL
SELECT player_id, player_name, team_abbr, season
FROM nba_reference.nba_players_registry AS t
WHERE NOT EXISTS (
  SELECT 1 FROM {changed} AS n
  WHERE n.universal_player_id = t.universal_player_id AND n.team_abbr = t.team_abbr AND n.season = t.season
)
