-- A flag per fact of every game of a table: whether it holds, NULL where it is not judged.
SELECT r.game_id, r.day, {flags}
FROM (
  SELECT game_id, game_date AS day, {figures}
  FROM {source}
  WHERE game_date BETWEEN @start_date AND @end_date AND game_id IN (SELECT game_id FROM games)
  GROUP BY game_id, day
) AS r
INNER JOIN games AS s ON s.game_id = r.game_id
