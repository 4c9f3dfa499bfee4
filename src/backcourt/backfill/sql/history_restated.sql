-- How many stored rows a run changed or removed, by table and reason.
SELECT table_name AS `table`, reason, COUNT(*) AS `rows`
FROM nba_processing.restatements
WHERE run_id = @run_id
GROUP BY table_name, reason
ORDER BY table_name, reason
