-- The newest runs first; a run is as bad as its worst table.
SELECT *
FROM (
  SELECT
    run_id,
    CASE
      WHEN COUNTIF(status = 'running') > 0 THEN 'running'
      WHEN COUNTIF(status = 'interrupted') > 0 THEN 'interrupted'
      WHEN COUNTIF(status = 'failed') > 0 THEN 'failed'
      WHEN COUNTIF(status = 'partial') > 0 THEN 'partial'
      ELSE 'success'
    END AS status,
    MIN(mode) AS mode,
    MIN(COALESCE(trigger_source, '')) AS `trigger`,
    MIN(start_date) AS `start`,
    MAX(data_date) AS `end`,
    COUNT(*) AS tables,
    CAST(SUM(COALESCE(records_created, 0)) AS INT64) AS created,
    CAST(SUM(COALESCE(records_failed, 0)) AS INT64) AS failed,
    ROUND(SUM(COALESCE(duration_seconds, 0)), 3) AS seconds,
    MIN(started_at) AS started_at,
    COALESCE(MIN(error_message), '') AS error
  FROM nba_reference.processor_run_history
  WHERE @run_id = '' OR run_id = @run_id
  GROUP BY run_id
) AS r
ORDER BY started_at DESC, run_id
LIMIT {most}
