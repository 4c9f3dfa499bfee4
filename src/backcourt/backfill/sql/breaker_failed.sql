-- A failure more; the breaker opens at the threshold.
UPDATE nba_processing.circuit_breaker_state
SET
  failure_count = failure_count + 1,
  last_failure = @now,
  last_error = @error,
  state = IF(failure_count + 1 >= threshold, 'OPEN', state),
  opened_at = IF(failure_count + 1 >= threshold, @now, opened_at),
  updated_at = @now
WHERE processor_name = @name
