-- Checksums of the rows of a table or view by game.
SELECT game_id, {day} AS game_date, {sums_of_columns}
FROM {numbered} AS t
WHERE {day} BETWEEN @start_date AND @end_date
GROUP BY game_id, game_date
