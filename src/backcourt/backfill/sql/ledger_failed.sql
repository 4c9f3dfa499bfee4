-- The ledger says that dates failed as a whole; what is stored of them stays as it is.
UPDATE nba_processing.backfill_ledger AS t
SET
  status = 'failed', reason = @category, attempt = t.attempt + 1, run_id = @run_id, started_at = @now,
  finished_at = @now
WHERE t.table_name = @table_name AND t.game_date BETWEEN @start_date AND @end_date
  AND t.game_date {within}
