-- A run was refused, like one that found the dates locked: it never began.
DELETE FROM nba_reference.processor_run_history
WHERE status = 'running' AND run_id = @run_id
