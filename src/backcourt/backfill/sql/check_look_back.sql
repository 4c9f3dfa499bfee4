-- The played dates of a season before the range that are not computed without failure.
SELECT
  COUNT(*) AS dates, MIN(d.game_date) AS first_date, MAX(d.game_date) AS last_date,
  LOGICAL_OR(d.game_date = p.previous) AS has_previous
FROM ({dates_in_range}) AS d
INNER JOIN (
  SELECT season_year, MAX(game_date) AS previous
  FROM nba_raw.nbac_schedule
  WHERE game_date < @start_date AND season_type IN {counted_types}
  GROUP BY season_year
) AS p ON p.season_year = d.season_year
LEFT JOIN nba_processing.backfill_ledger AS l ON l.table_name = @name AND l.game_date = d.game_date
WHERE d.game_date < @start_date AND d.final_games > 0
  AND d.season_year = (
    SELECT MIN(s.season_year)
    FROM nba_raw.nbac_schedule AS s
    WHERE s.game_date BETWEEN @start_date AND @end_date AND s.season_type IN {counted_types}
  )
  AND COALESCE(l.status, 'missing') NOT IN ('done', 'skipped')
