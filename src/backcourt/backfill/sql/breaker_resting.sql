-- The candidates that rest, as failure records.
SELECT
  c.analysis_date,
  c.entity_id,
  'CIRCUIT_BREAKER_ACTIVE' AS failure_category,
  CONCAT('rests until ', FORMAT_TIMESTAMP('%F %H:%M', b.until), ' UTC after {attempts} failures') AS failure_reason,
  CAST(NULL AS INT64) AS expected_game_count,
  CAST(NULL AS INT64) AS actual_game_count
FROM (SELECT DISTINCT {day} AS analysis_date, {entity} AS entity_id FROM {stage}) AS c
INNER JOIN (
  SELECT entity_id, MAX(circuit_breaker_until) AS until
  FROM nba_processing.reprocess_attempts
  WHERE processor_name = @processor AND circuit_breaker_tripped
  GROUP BY entity_id
) AS b ON b.entity_id = c.entity_id
WHERE b.until > @now
