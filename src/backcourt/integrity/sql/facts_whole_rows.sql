-- The same of the games in which everyone who played has a row: rows that are missing are found elsewhere, and here they
-- would be sums that do not add up.
SELECT r.*
FROM (SELECT *, SUM(n) OVER (PARTITION BY game_id) AS everyone FROM ({facts_rows}) AS f) AS r
INNER JOIN played AS p ON p.game_id = r.game_id
WHERE r.everyone = p.n
