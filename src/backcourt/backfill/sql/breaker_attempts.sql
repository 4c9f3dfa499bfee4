-- An attempt for every entity that failed unexpectedly; the last one trips its breaker.
INSERT INTO nba_processing.reprocess_attempts (
  processor_name, entity_id, analysis_date, attempt_number, attempted_at, completeness_percent, skip_reason,
  circuit_breaker_tripped, circuit_breaker_until, run_id
)
SELECT
  @processor, f.entity_id, f.analysis_date, COALESCE(a.n, 0) + 1, @now,
  ROUND(SAFE_DIVIDE(100 * f.actual_game_count, f.expected_game_count), 1), f.failure_reason,
  COALESCE(e.n, 0) + 1 >= {attempts},
  IF(COALESCE(e.n, 0) + 1 >= {attempts}, TIMESTAMP_ADD(@now, INTERVAL {rest_days} DAY), NULL), @run_id
FROM {failed} AS f
LEFT JOIN (
  SELECT entity_id, analysis_date, MAX(attempt_number) AS n
  FROM nba_processing.reprocess_attempts
  WHERE processor_name = @processor
  GROUP BY entity_id, analysis_date
) AS a ON a.entity_id = f.entity_id AND a.analysis_date = f.analysis_date
LEFT JOIN (
  SELECT entity_id, COUNT(DISTINCT run_id) AS n
  FROM nba_processing.reprocess_attempts
  WHERE processor_name = @processor
  GROUP BY entity_id
) AS e ON e.entity_id = f.entity_id
WHERE f.entity_id <> {date_level} AND f.failure_category IN ({tried})
ORDER BY f.analysis_date, f.entity_id
