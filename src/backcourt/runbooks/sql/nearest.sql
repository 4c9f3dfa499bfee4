-- The game dates on either side of a range without games.
SELECT
  MAX(IF(game_date < @start_date, game_date, NULL)) AS before,
  MIN(IF(game_date > @end_date, game_date, NULL)) AS after
FROM nba_raw.nbac_schedule
WHERE season_type IN {counted_types}
