-- Played dates without any row.
SELECT
  d.game_date AS analysis_date,
  {date_level} AS entity_id,
  'PROCESSING_ERROR' AS failure_category,
  CONCAT('0 rows of ', FORMAT('%d', {least_per_game} * d.games), ' expected') AS failure_reason,
  CAST(NULL AS INT64) AS expected_game_count,
  CAST(NULL AS INT64) AS actual_game_count
FROM {dates} AS d
LEFT JOIN (SELECT DISTINCT {day} AS game_date FROM {stage}) AS r ON r.game_date = d.game_date
WHERE r.game_date IS NULL AND d.day_number >= {first_day} AND d.final_games > 0
  AND d.game_date BETWEEN @start_date AND @end_date
