-- A date whose games were all postponed or moved loses its rows, and its entry in the ledger.
SELECT
  l.table_name, c.game_date, c.season_year, IF(@forced, 'forced', 'stale') AS reason, '{vanished_detail}' AS detail,
  {everything} AS classes, TRUE AS in_run, l.row_count
FROM {calendar} AS c
INNER JOIN nba_processing.backfill_ledger AS l ON l.game_date = c.game_date
WHERE c.games = 0 AND l.game_date BETWEEN @start_date AND @end_date AND l.table_name IN UNNEST(@tables)
