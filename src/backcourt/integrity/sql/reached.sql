-- The dates of a table that a gap or a changed input reaches, with the rows that are there.
SELECT
  '{target}' AS `table`, d.game_date AS day, d.detail AS upstream, d.root, COALESCE(r.n, 0) AS `rows`, d.own, d.changed
FROM {dates} AS d
LEFT JOIN (
  SELECT {date_column} AS stored_on, COUNT(*) AS n
  FROM {target}
  WHERE {date_column} >= @start_date
  GROUP BY stored_on
) AS r ON r.stored_on = d.game_date
WHERE d.detail <> ''
