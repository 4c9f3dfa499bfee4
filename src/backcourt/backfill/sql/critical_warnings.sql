-- The critical fields of a chunk that are not clean.
SELECT field, SUM(valid) AS valid, SUM(judged) AS judged, COUNT(*) AS dates, MIN(game_date) AS first_date
FROM {quality}
GROUP BY field
