-- The runs whose locks are in the way and count no more: their leases have ended, or their processes are known to be gone.
SELECT l.run_id
FROM nba_processing.locks AS l
WHERE
  {of_others} AND ((l.run_id IN UNNEST(@ended) AND l.expires_at <= {clock}) OR l.run_id IN UNNEST(@gone))
