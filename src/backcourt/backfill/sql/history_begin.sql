-- A run of these tables has started.
INSERT INTO nba_reference.processor_run_history (
  run_id, processor_name, phase, data_date, start_date, status, started_at, processed_at, mode, trigger_source,
  code_version, output_table
)
SELECT @run_id, n, p, @end_date, @start_date, 'running', @now, @now, @mode, @trigger, v, o
FROM UNNEST(@names) AS n WITH OFFSET AS i
INNER JOIN UNNEST(@phases) AS p WITH OFFSET AS i2 ON i2 = i
INNER JOIN UNNEST(@versions) AS v WITH OFFSET AS i3 ON i3 = i
INNER JOIN UNNEST(@outputs) AS o WITH OFFSET AS i4 ON i4 = i
