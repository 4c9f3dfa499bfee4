-- Every critical field on every scheduled date after bootstrap.
SELECT
  w.table_name AS `table`, w.field, d.game_date AS day, COALESCE(j.stored, 0) AS stored,
  COALESCE(j.judged, 0) AS judged, COALESCE(j.valid, 0) AS valid, COALESCE(j.null_rows, 0) AS null_rows,
  COALESCE(j.constant, FALSE) AS constant
FROM ({dates_in_range}) AS d
INNER JOIN ({wanted}) AS w ON d.day_number >= w.first_day
LEFT JOIN ({judged}) AS j ON j.table_name = w.table_name AND j.field = w.field AND j.game_date = d.game_date
