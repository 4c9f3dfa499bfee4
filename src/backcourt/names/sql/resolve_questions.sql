-- Questions that a rule has decided.
UPDATE nba_reference.unresolved_player_names AS t
SET
  status = 'resolved',
  resolution_type = 'by_rule',
  resolved_to_player_id = (
    SELECT d.player_id FROM {decided} AS d
    WHERE d.source = t.source AND d.player_lookup = t.player_lookup AND d.season = t.season
      AND d.team_abbr = t.team_abbr
  ),
  processed_at = @now
WHERE t.status <> 'resolved' AND EXISTS (
  SELECT 1 FROM {decided} AS d
  WHERE d.source = t.source AND d.player_lookup = t.player_lookup AND d.season = t.season
    AND d.team_abbr = t.team_abbr
)
