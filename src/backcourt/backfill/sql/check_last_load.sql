-- When a table was last loaded or computed, whether or not that changed a row.
SELECT MAX(seen_at) AS seen_at
FROM (
  SELECT MAX({stored_at}) AS seen_at FROM {source}
  UNION ALL
  SELECT MAX(processed_at) AS seen_at
  FROM nba_reference.processor_run_history
  WHERE output_table = @name AND status IN ('success', 'partial')
) AS seen
