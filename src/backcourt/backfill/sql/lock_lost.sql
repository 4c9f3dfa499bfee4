-- Without its locks a run's transaction fails; with them nothing is inserted.
INSERT INTO nba_processing.locks (lock_name, run_id, holder, acquired_at, heartbeat_at, expires_at)
SELECT
  IF(found.held > 0, '', ERROR(CONCAT('the locks of run ', @run_id, ' expired and were taken by another run'))),
  @run_id, '', CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP()
FROM (SELECT COUNT(*) AS held FROM nba_processing.locks WHERE {mine}) AS found
WHERE found.held = 0
