-- The dates of a chunk, and which of them are blocked.
SELECT c.game_date, b.game_date IS NOT NULL AS blocked
FROM {calendar} AS c
LEFT JOIN {blocked} AS b ON b.game_date = c.game_date
WHERE c.game_date BETWEEN @start_date AND @end_date
