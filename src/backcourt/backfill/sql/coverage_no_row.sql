-- Whom failure records leave without a row, and whether a healthy warehouse has such a record.
SELECT
  processor_name, analysis_date, entity_id, LOGICAL_OR(failure_category NOT IN ({expected})) AS unhealthy
FROM records
WHERE failure_category IN ({no_row})
GROUP BY processor_name, analysis_date, entity_id
