-- An event, once.
INSERT INTO nba_processing.events (
  event_id, event_type, table_name, game_date, message, payload, run_id, created_at, delivery
)
SELECT n.id, @kind, NULLIF(@table, ''), @day, @message, @payload, @run_id, @at, NULLIF(@delivery, '')
FROM (SELECT @event_id AS id) AS n
WHERE NOT EXISTS (SELECT 1 FROM nba_processing.events AS t WHERE t.event_id = n.id)
