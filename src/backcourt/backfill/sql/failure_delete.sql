-- Failures of a chunk are replaced, never appended; a record that says the same stays as it is.
DELETE FROM {target} AS t
WHERE t.processor_name = @processor AND t.analysis_date BETWEEN @start_date AND @end_date AND t.analysis_date {within}
  AND NOT EXISTS (
    SELECT 1
    FROM {failed} AS f
    WHERE f.analysis_date = t.analysis_date
      AND f.entity_id = t.entity_id
      AND f.failure_category = t.failure_category
      AND f.failure_reason = t.failure_reason
      AND COALESCE(f.expected_game_count, -1) = COALESCE(t.expected_game_count, -1)
      AND COALESCE(f.actual_game_count, -1) = COALESCE(t.actual_game_count, -1)
      AND f.can_retry = t.can_retry
      AND f.is_correctable = t.is_correctable
  )
