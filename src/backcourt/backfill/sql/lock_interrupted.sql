-- Those runs did not end by themselves.
UPDATE nba_reference.processor_run_history
SET status = 'interrupted', processed_at = {clock}
WHERE status = 'running' AND run_id IN ({lock_over})
