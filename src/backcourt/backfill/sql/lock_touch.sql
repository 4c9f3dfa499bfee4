-- A run writes its locks as they are: a transaction that takes them over meanwhile cannot end well, too.
UPDATE nba_processing.locks
SET heartbeat_at = heartbeat_at
WHERE run_id = @run_id
