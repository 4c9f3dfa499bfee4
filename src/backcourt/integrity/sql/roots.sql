-- Gaps of their own, with the groups of columns that changed by them.
SELECT t AS table_name, CAST(d AS DATE) AS game_date, c.season_year, k AS classes
FROM UNNEST(@tables) AS t WITH OFFSET AS i
INNER JOIN UNNEST(@days) AS d WITH OFFSET AS j ON i = j
INNER JOIN UNNEST(@masks) AS k WITH OFFSET AS m ON i = m
INNER JOIN {calendar} AS c ON c.game_date = CAST(d AS DATE)
