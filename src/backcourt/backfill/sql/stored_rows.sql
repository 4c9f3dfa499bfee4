-- The stored rows of a table by date.
SELECT '{target}' AS table_name, {day} AS game_date, COUNT(*) AS stored, {listed} AS listed
FROM {target}
WHERE {day} BETWEEN @start_date AND @end_date
GROUP BY game_date
