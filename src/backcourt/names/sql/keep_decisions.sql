INSERT INTO nba_reference.name_decisions (
  source, player_lookup, season, team_abbr, original_name, source_player_id, player_id, step, score, evidence, run_id,
  created_at, processed_at
)
SELECT
  source, player_lookup, season, team_abbr, original_name, source_player_id, player_id, step, score, evidence, @run_id,
  @now, @now
FROM {decided}
ORDER BY source, player_lookup, season, team_abbr
