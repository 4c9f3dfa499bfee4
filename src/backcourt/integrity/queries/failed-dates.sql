-- Title: Dates that failed, and why
-- Purpose: Every date that failed as a whole in a computed table: the category in the ledger and the sentence
--   of its failure record. can_retry says whether another run may succeed.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter table TABLE = all: one computed table, by its name or abbreviation
SELECT
  l.game_date, l.table_name, l.reason, f.failure_reason, f.can_retry, l.attempt, l.mode, l.run_id, l.finished_at
FROM nba_processing.backfill_ledger AS l
LEFT JOIN ({failure_records}) AS f
  ON f.entity_id = 'DATE_LEVEL' AND ENDS_WITH(l.table_name, CONCAT('.', f.processor_name)) AND f.analysis_date = l.game_date
WHERE l.status = 'failed' AND l.game_date BETWEEN @start_date AND @end_date AND @table IN ('all', l.table_name)
ORDER BY l.game_date, l.table_name
