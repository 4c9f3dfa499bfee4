INSERT INTO nba_reference.processor_run_history (
  run_id, processor_name, phase, data_date, start_date, status, started_at, processed_at, duration_seconds,
  records_processed, records_created, records_skipped, records_failed, mode, trigger_source, output_table
)
SELECT
  @run_id, @name, 'reference', COALESCE(MAX(game_date), @today), MIN(game_date), 'success', @now, @now, @seconds,
  @rows, @written, @rows - @written, 0, @mode, @trigger, @output
FROM nba_raw.nbac_schedule
WHERE game_date BETWEEN @start AND @end
