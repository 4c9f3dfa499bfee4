-- The locks of those runs go.
DELETE FROM nba_processing.locks
WHERE run_id IN ({lock_over})
