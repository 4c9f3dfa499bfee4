-- With an empty ledger every date of every table is missing.
SELECT
  t.table_name, c.game_date, c.season_year, 'missing' AS reason, '' AS detail, {everything} AS classes,
  TRUE AS in_run, CAST(NULL AS INT64) AS row_count
FROM {calendar} AS c
CROSS JOIN ({tables}) AS t
WHERE c.game_date BETWEEN @start_date AND @end_date AND (c.final_games > 0 OR NOT t.played_only)
