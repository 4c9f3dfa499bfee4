-- The failure records of dates that failed as a whole.
DELETE FROM {target} AS t
WHERE t.processor_name = @processor AND t.entity_id = {date_level}
  AND t.analysis_date BETWEEN @start_date AND @end_date AND t.analysis_date {within}
