-- Title: Runs that failed, were interrupted or never ended
-- Purpose: Tables of runs whose status is not success or skipped. A table that is running without a lock
--   belongs to a run that was killed; the next command that writes calls it interrupted.
-- Parameter start_date DATE = earliest: first date of the runs' ranges
-- Parameter end_date DATE = latest: last date of the runs' ranges
-- Parameter limit INT64 = 50: rows at most, the latest first
SELECT
  h.run_id, h.output_table AS table_name, h.status, COUNT(l.run_id) > 0 AS holds_lock, h.start_date,
  h.data_date AS end_date, h.mode, h.records_created, h.records_failed, h.error_message, h.started_at
FROM nba_reference.processor_run_history AS h
LEFT JOIN nba_processing.locks AS l ON l.run_id = h.run_id
WHERE h.status NOT IN ('success', 'skipped')
  AND h.data_date >= @start_date AND COALESCE(h.start_date, h.data_date) <= @end_date
GROUP BY
  h.run_id, h.output_table, h.status, h.start_date, h.data_date, h.mode, h.records_created, h.records_failed,
  h.error_message, h.started_at
ORDER BY h.started_at DESC, h.run_id, table_name
LIMIT @limit
