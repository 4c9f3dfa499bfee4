INSERT INTO nba_reference.player_aliases (
  alias_lookup, season, team_abbr, player_id, nba_canonical_lookup, alias_type, alias_source, is_active, notes,
  created_by, created_at, processed_at
)
SELECT
  alias_lookup, '', '', player_id, nba_canonical_lookup, alias_type, 'known', TRUE, @notes, @run_id, @now, @now
FROM {curated}
ORDER BY alias_lookup
