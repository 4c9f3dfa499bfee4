-- The games of a range, how many of them were played, and the first date that was not called off.
SELECT
  COUNT(*) AS games, COUNTIF(game_status = 3) AS final_games, MIN(IF(game_status <> 4, game_date, NULL)) AS first_date
FROM nba_raw.nbac_schedule
WHERE season_type IN {counted_types} AND game_date BETWEEN @start_date AND @end_date
