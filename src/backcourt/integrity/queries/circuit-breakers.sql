-- Title: Processors and entities that rest
-- Purpose: What daily runs leave alone and until when: processors that failed several runs in a row, and
--   players or teams that were tried again in vain. A backfill consults neither.
-- Parameter start_date DATE = earliest: first date of an entity's attempts
-- Parameter end_date DATE = latest: last date of an entity's attempts
-- Parameter least INT64 = 1: failures from which an entry is shown
SELECT
  processor_name AS table_name, 'processor' AS kind, '' AS entity_id, CAST(NULL AS DATE) AS analysis_date,
  failure_count AS failures, state, last_error AS reason,
  IF(state = 'CLOSED', NULL, TIMESTAMP_ADD(opened_at, INTERVAL timeout_seconds SECOND)) AS rests_until
FROM nba_processing.circuit_breaker_state
WHERE failure_count >= @least
UNION ALL
SELECT
  processor_name, 'entity', entity_id, analysis_date, attempt_number,
  IF(circuit_breaker_tripped, 'OPEN', 'CLOSED'), skip_reason, circuit_breaker_until
FROM nba_processing.reprocess_attempts
WHERE attempt_number >= @least AND analysis_date BETWEEN @start_date AND @end_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY processor_name, entity_id, analysis_date ORDER BY attempt_number DESC) = 1
ORDER BY kind DESC, table_name, analysis_date, entity_id
