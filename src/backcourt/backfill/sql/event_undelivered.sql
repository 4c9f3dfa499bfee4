-- Completion events that were recorded and not delivered.
SELECT event_type, table_name, game_date, message, run_id, created_at, payload
FROM nba_processing.events
WHERE delivery = 'pending' AND table_name IN UNNEST(@tables)
ORDER BY created_at, event_id
