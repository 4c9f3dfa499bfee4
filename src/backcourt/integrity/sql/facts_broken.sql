-- The games in which one fact of a table does not hold, by date.
SELECT
  '{table_name}' AS `table`,
  '{fact}' AS fact,
  day,
  COUNT(DISTINCT game_id) AS judged,
  COUNT(DISTINCT IF({fact}, NULL, game_id)) AS broken,
  MIN(IF({fact}, NULL, game_id)) AS example
FROM {source}
WHERE {fact} IS NOT NULL
GROUP BY day
