-- The game dates from the start of the range to the end of its last season, and those that are no longer game dates.
SELECT d.*, ROW_NUMBER() OVER (ORDER BY d.game_date) AS number
FROM (
  SELECT * FROM ({dates_in_range}) AS r
  UNION ALL
  SELECT * FROM ({vanished_dates}) AS v
) AS d
WHERE d.season_year IN (
  SELECT season_year FROM nba_raw.nbac_schedule WHERE game_date BETWEEN @start_date AND @end_date
  UNION DISTINCT
  SELECT season_year FROM ({vanished}) AS v
)
