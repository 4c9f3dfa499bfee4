-- How a table of a run ended.
UPDATE nba_reference.processor_run_history
SET
  status = @status,
  processed_at = @now,
  duration_seconds = @seconds,
  records_processed = @processed,
  records_created = @created,
  records_skipped = @skipped,
  records_failed = @failed,
  dependency_check_passed = TRUE,
  missing_dependencies = '[]',
  stale_dependencies = @stale,
  error_message = NULLIF(@error, ''),
  summary = @summary,
  bytes_billed = @bytes,
  job_ids = @job_ids
WHERE run_id = @run_id AND processor_name = @name
