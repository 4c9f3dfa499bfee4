-- A name that was resolved is missed again.
UPDATE nba_processing.registry_failures AS t
SET status = 'pending', resolved_at = NULL, reprocessed_at = NULL, run_id = @run_id
WHERE t.processor_name = @processor AND t.game_date BETWEEN @start_date AND @end_date AND t.game_date {within}
  AND t.status <> 'pending'
  AND EXISTS (
    SELECT 1 FROM {unmatched} AS n WHERE n.player_lookup = t.player_lookup AND n.game_date = t.game_date
  )
