-- Failures of names that nothing decides any more.
UPDATE nba_processing.registry_failures AS t
SET status = 'pending', resolved_at = NULL
WHERE t.status = 'resolved'
  AND EXISTS (
    SELECT 1 FROM {names} AS n
    WHERE n.player_lookup = t.player_lookup AND n.season = t.season AND n.team_abbr IN ('', t.team_abbr)
  )
  AND NOT EXISTS (
    SELECT 1 FROM nba_reference.name_decisions AS d
    WHERE d.player_lookup = t.player_lookup AND d.season = t.season AND d.team_abbr IN ('', t.team_abbr)
  )
