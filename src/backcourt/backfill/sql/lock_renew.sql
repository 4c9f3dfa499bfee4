-- A run extends its leases.
UPDATE nba_processing.locks
SET heartbeat_at = {clock}, expires_at = TIMESTAMP_ADD({clock}, INTERVAL {lease_seconds} SECOND)
WHERE run_id = @run_id
