-- Dates that failed as a whole and have no ledger entry yet.
INSERT INTO nba_processing.backfill_ledger (
  table_name, game_date, status, reason, mode, code_version, inputs, row_count, failure_count, attempt, run_id,
  started_at, finished_at
)
SELECT @table_name, d.game_date, 'failed', @category, @mode, @code_version, ARRAY<STRING>[], 0, 1, 1, @run_id, @now, @now
FROM {dates} AS d
WHERE d.game_date BETWEEN @start_date AND @end_date
  AND NOT EXISTS (
    SELECT 1
    FROM nba_processing.backfill_ledger AS l
    WHERE l.table_name = @table_name AND l.game_date = d.game_date AND l.game_date BETWEEN @start_date AND @end_date
  )
ORDER BY d.game_date
