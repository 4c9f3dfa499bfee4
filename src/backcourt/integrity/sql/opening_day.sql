-- Opening day of the first season of a range.
SELECT opening_day
FROM ({seasons}) AS s
WHERE season_year = (
  SELECT MIN(g.season_year) FROM nba_raw.nbac_schedule AS g WHERE g.game_date BETWEEN @start_date AND @end_date
)
