-- Title: Locks that are held
-- Purpose: Who holds which dates of which table, and until when. A lock past expires_at is taken over by the
--   next run that needs it.
-- Parameter table TABLE = all: one computed table, by its name or abbreviation
SELECT
  l.table_name, l.start_date, l.end_date, l.run_id, l.holder, MIN(h.mode) AS mode, MIN(h.trigger_source) AS started_by,
  l.acquired_at, l.heartbeat_at, l.expires_at
FROM nba_processing.locks AS l
LEFT JOIN nba_reference.processor_run_history AS h ON h.run_id = l.run_id
WHERE @table IN ('all', l.table_name)
GROUP BY
  l.table_name, l.start_date, l.end_date, l.run_id, l.holder, l.acquired_at, l.heartbeat_at, l.expires_at
ORDER BY l.table_name, l.start_date, l.run_id
