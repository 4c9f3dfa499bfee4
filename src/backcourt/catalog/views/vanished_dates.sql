-- Dates of a range that are in the ledger and no longer game dates: all their games were postponed or moved.
SELECT
  l.game_date,
  MAX(o.season_year) AS season_year,
  DATE_DIFF(l.game_date, MAX(o.opening_day), DAY) AS day_number,
  0 AS games,
  0 AS final_games
FROM nba_processing.backfill_ledger AS l
INNER JOIN ({seasons}) AS o ON o.opening_day <= l.game_date
LEFT JOIN ({game_dates}) AS d ON d.game_date = l.game_date
WHERE l.game_date BETWEEN {start} AND {end} AND d.game_date IS NULL
GROUP BY l.game_date
