-- Dates with under half of the rows and records that their games should bring.
SELECT MIN(l.row_count) AS fewest, COUNT(*) AS dates, MIN(l.game_date) AS first_date
FROM {ledger_rows} AS l
INNER JOIN {dates} AS d ON d.game_date = l.game_date
WHERE l.status = 'done' AND 2 * (l.row_count + l.failure_count) < {least_per_game} * d.games
