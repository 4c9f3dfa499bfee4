-- Dates with a contaminated critical field.
SELECT
  game_date AS analysis_date,
  {date_level} AS entity_id,
  'INCOMPLETE_DATA' AS failure_category,
  CONCAT('critical field ', field, ': ', FORMAT('%d', valid), ' of ', FORMAT('%d', judged), ' rows valid')
    AS failure_reason,
  CAST(NULL AS INT64) AS expected_game_count,
  CAST(NULL AS INT64) AS actual_game_count
FROM {quality}
WHERE {contaminated}
