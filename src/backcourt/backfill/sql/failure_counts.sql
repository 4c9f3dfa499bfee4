-- Failure records by category; those of dates that failed as a whole by reason, too.
SELECT
  failure_category, entity_id = {date_level} AS whole, IF(entity_id = {date_level}, failure_reason, '') AS why,
  COUNT(*) AS n, MIN(analysis_date) AS first_date
FROM {failed}
GROUP BY failure_category, whole, why
