-- Title: Rows restated lately, and why
-- Purpose: Published rows that a run changed or removed, by run, table and reason. One row's changes stand in
--   nba_processing.restatements under its key.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter table TABLE = all: one computed table, by its name or abbreviation
-- Parameter limit INT64 = 50: rows at most, the latest first
SELECT
  run_id, table_name, reason, COUNTIF(new_hash IS NOT NULL) AS rows_changed, COUNTIF(new_hash IS NULL) AS rows_removed,
  COUNT(DISTINCT game_date) AS dates, MIN(game_date) AS first_date, MAX(game_date) AS last_date,
  MAX(restated_at) AS restated_at
FROM nba_processing.restatements
WHERE COALESCE(game_date, @start_date) BETWEEN @start_date AND @end_date AND @table IN ('all', table_name)
GROUP BY run_id, table_name, reason
ORDER BY restated_at DESC, run_id, table_name, reason
LIMIT @limit
