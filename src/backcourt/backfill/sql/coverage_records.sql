-- The failure records of a range.
SELECT processor_name, analysis_date, entity_id, failure_category
FROM nba_processing.analytics_failures
WHERE analysis_date BETWEEN @start_date AND @end_date
UNION ALL
SELECT processor_name, analysis_date, entity_id, failure_category
FROM nba_processing.precompute_failures
WHERE analysis_date BETWEEN @start_date AND @end_date
