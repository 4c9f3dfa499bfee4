-- What the ledger says of a range, by table, status and code.
SELECT table_name, status, code_version, COUNT(*) AS dates
FROM nba_processing.backfill_ledger
WHERE game_date BETWEEN @start_date AND @end_date AND status <> 'pending'
GROUP BY table_name, status, code_version
ORDER BY table_name, status, code_version
