-- A withdrawal in the run history: a repeated one finds it there.
INSERT INTO nba_reference.processor_run_history (
  run_id, processor_name, phase, data_date, start_date, status, started_at, processed_at, duration_seconds,
  records_processed, records_created, records_skipped, records_failed, mode, trigger_source, output_table, summary
)
SELECT
  @run_id, @name, 'raw', @last, @first, 'success', @now, @now, 0.0, @rows, 0, 0, 0, 'backfill', 'command',
  'nba_processing.restatements', @summary
