-- The seasons of the schedule with their first and last dates.
SELECT season_year, MIN(game_date) AS first_date, MAX(game_date) AS last_date
FROM nba_raw.nbac_schedule
WHERE season_type IN UNNEST(@types)
  AND (EXTRACT(YEAR FROM game_date) - season_year) * 12 + EXTRACT(MONTH FROM game_date)
  BETWEEN @first_month AND @last_month
GROUP BY season_year
ORDER BY season_year
