-- The parts of a table that is computed game by game.
SELECT '{target}' AS table_name, game_date, label, SUM(h) AS total
FROM ({selects}) AS r
GROUP BY game_date, label
