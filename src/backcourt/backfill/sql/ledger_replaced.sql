-- The ledger's rows that are replaced.
DELETE FROM nba_processing.backfill_ledger AS t
WHERE t.game_date BETWEEN @start_date AND @end_date
  AND EXISTS (SELECT 1 FROM {ledger_rows} AS n WHERE n.table_name = t.table_name AND n.game_date = t.game_date)
