-- Title: Slowest tables of a run
-- Purpose: How long each table of a run or load took, its share of the whole and its rows a second. Tables of
--   one wave are computed side by side, so the sum is more than the clock's time.
-- Parameter run STRING = newest: run id as backcourt history shows it
-- Parameter limit INT64 = 50: rows at most, the slowest first
SELECT
  h.run_id, h.output_table AS table_name, h.status, h.records_processed,
  h.duration_seconds AS seconds,
  ROUND(100 * SAFE_DIVIDE(h.duration_seconds, SUM(h.duration_seconds) OVER ()), 1) AS percent_of_seconds,
  ROUND(SAFE_DIVIDE(h.records_processed, h.duration_seconds), 0) AS rows_per_second
FROM nba_reference.processor_run_history AS h
WHERE h.run_id = IF(
  @run = 'newest',
  (SELECT n.run_id FROM nba_reference.processor_run_history AS n ORDER BY n.started_at DESC, n.run_id LIMIT 1),
  @run
)
ORDER BY h.duration_seconds DESC, table_name
LIMIT @limit
