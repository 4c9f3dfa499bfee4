-- Names that a run resolved though their letters are not those of the official name.
SELECT
  d.original_name, d.source, d.season, d.team_abbr, d.player_id, d.step, d.evidence,
  (
    SELECT MAX(r.player_name) FROM nba_reference.nba_players_registry AS r
    WHERE r.player_id = d.player_id AND r.season IN ('', d.season)
  ) AS player_name
FROM nba_reference.name_decisions AS d
WHERE d.run_id = @run_id AND d.step NOT IN UNNEST(@plain)
ORDER BY d.step, d.source, d.season, d.team_abbr, d.player_lookup
