-- How each table of a run ended.
SELECT
  processor_name AS `table`,
  status,
  COALESCE(records_created, 0) AS created,
  COALESCE(records_skipped, 0) AS skipped,
  COALESCE(records_failed, 0) AS failed,
  COALESCE(error_message, '') AS error,
  bytes_billed,
  job_ids
FROM nba_reference.processor_run_history
WHERE run_id = @run_id
ORDER BY phase, processor_name
