-- The failure records of a chunk that are not there.
INSERT INTO {target} (
  processor_name, analysis_date, entity_id, entity_type, failure_category, failure_reason, expected_game_count,
  actual_game_count, can_retry, is_correctable, run_id, created_at
)
SELECT
  @processor, f.analysis_date, f.entity_id, IF(f.entity_id = {date_level}, 'date', '{entity_type}'),
  f.failure_category, f.failure_reason, f.expected_game_count, f.actual_game_count, f.can_retry, f.is_correctable,
  @run_id, @now
FROM {failed} AS f
WHERE NOT EXISTS (
  SELECT 1
  FROM {target} AS t
  WHERE t.processor_name = @processor AND t.analysis_date BETWEEN @start_date AND @end_date AND t.analysis_date {within}
    AND f.analysis_date = t.analysis_date AND f.entity_id = t.entity_id
)
ORDER BY f.analysis_date, f.entity_id
