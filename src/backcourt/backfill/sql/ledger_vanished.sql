-- The ledger's rows of dates that are no longer game dates.
DELETE FROM nba_processing.backfill_ledger AS t
WHERE t.table_name = @table_name AND t.game_date BETWEEN @start_date AND @end_date
  AND NOT EXISTS (SELECT 1 FROM {dates} AS d WHERE d.game_date = t.game_date)
