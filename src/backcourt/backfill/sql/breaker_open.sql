-- The processors whose breaker is open now.
SELECT
  processor_name,
  FORMAT_TIMESTAMP('%F %H:%M', TIMESTAMP_ADD(opened_at, INTERVAL timeout_seconds SECOND)) AS until,
  last_error
FROM nba_processing.circuit_breaker_state
WHERE state = 'OPEN' AND processor_name IN UNNEST(@names)
  AND TIMESTAMP_ADD(opened_at, INTERVAL timeout_seconds SECOND) > @now
ORDER BY processor_name
