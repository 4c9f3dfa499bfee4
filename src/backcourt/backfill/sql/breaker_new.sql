-- The state of a processor that has none yet.
INSERT INTO nba_processing.circuit_breaker_state (
  processor_name, state, failure_count, threshold, timeout_seconds, updated_at
)
SELECT s.n, 'CLOSED', 0, {failures}, {rest_seconds}, @now
FROM (SELECT @name AS n) AS s
WHERE NOT EXISTS (SELECT 1 FROM nba_processing.circuit_breaker_state AS t WHERE t.processor_name = s.n)
