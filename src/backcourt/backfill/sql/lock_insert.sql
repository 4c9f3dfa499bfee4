-- The locks of some tables over a range.
INSERT INTO nba_processing.locks (
  lock_name, table_name, start_date, end_date, run_id, holder, holder_birth, acquired_at, heartbeat_at, expires_at
)
SELECT n, t, @start_date, @end_date, @run_id, @holder, @birth, @now, @now, @expires
FROM UNNEST(@names) AS n WITH OFFSET AS i
INNER JOIN UNNEST(@tables) AS t WITH OFFSET AS j ON i = j
