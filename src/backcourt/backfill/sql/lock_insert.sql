-- The locks of some tables over a range, all or none: nobody else holds one of these dates.
INSERT INTO nba_processing.locks (
  lock_name, table_name, start_date, end_date, run_id, holder, holder_birth, instance_id, acquired_at, heartbeat_at,
  expires_at
)
SELECT
  n, t, @start_date, @end_date, @run_id, @holder, @birth, @instance, {clock} AS acquired_at,
  {clock} AS heartbeat_at, TIMESTAMP_ADD({clock}, INTERVAL {lease_seconds} SECOND)
FROM UNNEST(@names) AS n WITH OFFSET AS i
INNER JOIN UNNEST(@tables) AS t WITH OFFSET AS j ON i = j
WHERE NOT EXISTS (SELECT 1 FROM nba_processing.locks AS l WHERE {of_others})
