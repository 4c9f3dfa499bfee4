-- What daily runs computed of a range that did not end, with no completion event since they started.
SELECT h.output_table AS name, h.run_id AS run, COUNT(*) AS dates, SUM(l.row_count) AS row_count
FROM nba_reference.processor_run_history AS h
INNER JOIN nba_processing.backfill_ledger AS l
  ON l.run_id = h.run_id AND l.table_name = h.output_table AND l.status = 'done'
WHERE h.mode = 'daily' AND h.status IN ('running', 'interrupted') AND h.output_table IN UNNEST(@tables)
  AND l.game_date BETWEEN @start_date AND @end_date
  AND NOT EXISTS (
    SELECT 1
    FROM nba_processing.events AS e
    WHERE e.event_type = 'completed' AND e.table_name = h.output_table AND e.created_at >= h.started_at
  )
GROUP BY h.output_table, h.run_id
ORDER BY h.output_table, h.run_id
