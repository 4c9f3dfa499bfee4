-- A load in the run history, which says how old a source is.
INSERT INTO nba_reference.processor_run_history (
  run_id, processor_name, phase, data_date, start_date, status, started_at, processed_at, duration_seconds,
  records_processed, records_created, records_skipped, records_failed, mode, trigger_source, output_table,
  error_message
)
SELECT
  @run_id, @name, 'raw', COALESCE(MAX(game_date), @today), MIN(game_date), @status, @now, @now, @seconds,
  @created + @skipped + @failed, @created, @skipped, @failed, 'backfill', 'command', @table_name, NULLIF(@error, '')
FROM nba_raw.nbac_schedule
WHERE season_year = @season_year
