-- What other runs hold of some tables and dates, the oldest first.
SELECT
  l.run_id,
  l.holder,
  COALESCE(l.holder_birth, '') AS birth,
  COALESCE(l.instance_id, '') AS instance,
  l.acquired_at AS since,
  MAX(l.expires_at) <= {clock} AS is_over,
  MIN(l.lock_name) AS what
FROM nba_processing.locks AS l
WHERE {of_others}
GROUP BY l.run_id, l.holder, l.holder_birth, l.instance_id, l.acquired_at
ORDER BY l.acquired_at, l.run_id
