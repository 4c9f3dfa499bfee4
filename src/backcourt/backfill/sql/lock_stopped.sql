-- A run was stopped while it took its locks.
UPDATE nba_reference.processor_run_history
SET status = 'interrupted', processed_at = {clock}
WHERE status = 'running' AND run_id = @run_id
