-- Failure records of Phase 4 by processor and category.
SELECT
  processor_name, failure_category, COUNT(*) AS failures, COUNT(DISTINCT analysis_date) AS dates,
  MIN(failure_reason) AS example
FROM nba_processing.precompute_failures
WHERE analysis_date BETWEEN @start_date AND @end_date
GROUP BY processor_name, failure_category
ORDER BY failures DESC, processor_name, failure_category
