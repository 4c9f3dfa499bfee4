-- The candidates with a window that is less complete than asked for, as failure records.
SELECT
  game_date AS analysis_date,
  entity_id,
  'INCOMPLETE_DATA' AS failure_category,
  CONCAT(FORMAT('%d', found), ' of ', FORMAT('%d', expected), ' games have rows upstream') AS failure_reason,
  expected AS expected_game_count,
  found AS actual_game_count
FROM {windows}
WHERE 100 * found < {percent} * expected
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY game_date, entity_id ORDER BY SAFE_DIVIDE(found, expected), expected
) = 1
