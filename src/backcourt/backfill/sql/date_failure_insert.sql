-- One record for each date that failed as a whole.
INSERT INTO {target} (
  processor_name, analysis_date, entity_id, entity_type, failure_category, failure_reason, can_retry, is_correctable,
  run_id, created_at
)
SELECT
  @processor, d.game_date, {date_level}, 'date', @category, {reason}, @can_retry, @is_correctable, @run_id, @now
FROM {dates} AS d
WHERE d.game_date BETWEEN @start_date AND @end_date
ORDER BY d.game_date
