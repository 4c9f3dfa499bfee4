-- Failures of names that are decided.
UPDATE nba_processing.registry_failures AS t
SET status = 'resolved', resolved_at = @now
WHERE t.status = 'pending' AND EXISTS (
  SELECT 1 FROM {decided} AS d
  WHERE d.player_lookup = t.player_lookup AND d.season = t.season AND d.team_abbr IN ('', t.team_abbr)
)
