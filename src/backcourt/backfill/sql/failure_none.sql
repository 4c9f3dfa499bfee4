-- No failure record of a candidate.
SELECT
  CAST(NULL AS DATE) AS analysis_date,
  CAST(NULL AS STRING) AS entity_id,
  CAST(NULL AS STRING) AS failure_category,
  CAST(NULL AS STRING) AS failure_reason,
  CAST(NULL AS INT64) AS expected_game_count,
  CAST(NULL AS INT64) AS actual_game_count
LIMIT 0
