-- A success closes the breaker.
UPDATE nba_processing.circuit_breaker_state
SET state = 'CLOSED', failure_count = 0, last_success = @now, opened_at = NULL, updated_at = @now
WHERE processor_name = @name
