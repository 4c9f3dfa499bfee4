-- The processors that published in daily mode after their last failure, and when.
SELECT s.processor_name, MAX(l.finished_at) AS published
FROM nba_processing.circuit_breaker_state AS s
INNER JOIN nba_processing.backfill_ledger AS l
  ON l.finished_at > s.last_failure AND ENDS_WITH(l.table_name, CONCAT('.', s.processor_name))
WHERE s.failure_count > 0 AND l.status = 'done' AND l.mode = 'daily' AND s.processor_name IN UNNEST(@names)
GROUP BY s.processor_name
ORDER BY s.processor_name
