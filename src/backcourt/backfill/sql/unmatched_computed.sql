-- A name is no longer missed on a date that was computed with its player.
UPDATE nba_processing.registry_failures AS t
SET
  status = 'reprocessed', resolved_at = COALESCE(t.resolved_at, @now), reprocessed_at = @now, run_id = @run_id
WHERE t.processor_name = @processor AND t.game_date BETWEEN @start_date AND @end_date AND t.game_date {within}
  AND t.status <> 'reprocessed'
  AND NOT EXISTS (
    SELECT 1 FROM {unmatched} AS n WHERE n.player_lookup = t.player_lookup AND n.game_date = t.game_date
  )
