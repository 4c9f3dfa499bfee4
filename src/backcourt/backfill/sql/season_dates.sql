-- The first and the last scheduled date of every season.
SELECT season, MIN(game_date) AS first_date, MAX(game_date) AS last_date
FROM nba_raw.nbac_schedule
WHERE season_type IN {counted_types}
GROUP BY season
ORDER BY season
