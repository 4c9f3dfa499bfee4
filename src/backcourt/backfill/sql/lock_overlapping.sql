-- What other runs hold of some tables and dates, the oldest first.
SELECT
  run_id,
  holder,
  COALESCE(holder_birth, '') AS birth,
  acquired_at AS since,
  MAX(expires_at) AS expires,
  MIN(lock_name) AS what
FROM nba_processing.locks
WHERE table_name IN UNNEST(@tables) AND start_date <= @end_date AND end_date >= @start_date AND run_id <> @run_id
GROUP BY run_id, holder, holder_birth, acquired_at
ORDER BY acquired_at, run_id
