-- Names that are missed for the first time.
INSERT INTO nba_processing.registry_failures (
  player_lookup, game_date, processor_name, team_abbr, season, game_id, status, occurrence_count, created_at, run_id
)
SELECT
  n.player_lookup, n.game_date, @processor, n.team_abbr, n.season, n.game_id, 'pending', n.occurrence_count, @now,
  @run_id
FROM {unmatched} AS n
WHERE NOT EXISTS (
  SELECT 1
  FROM nba_processing.registry_failures AS t
  WHERE t.processor_name = @processor AND t.game_date BETWEEN @start_date AND @end_date AND t.game_date {within}
    AND n.player_lookup = t.player_lookup AND n.game_date = t.game_date
)
ORDER BY n.game_date, n.player_lookup
