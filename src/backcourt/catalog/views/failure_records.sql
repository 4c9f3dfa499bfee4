-- Failure records of both phases: why a candidate, or a whole date, has no row.
SELECT processor_name, analysis_date, entity_id, failure_category, failure_reason, can_retry
FROM nba_processing.analytics_failures
WHERE analysis_date {within}
UNION ALL
SELECT processor_name, analysis_date, entity_id, failure_category, failure_reason, can_retry
FROM nba_processing.precompute_failures
WHERE analysis_date {within}
