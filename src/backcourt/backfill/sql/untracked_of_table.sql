-- The candidates of a table with neither a row nor a record.
SELECT '{target}' AS `table`, game_date AS day, entity, player_id, game_id
FROM ({coverage_candidates}) AS c
WHERE NOT has_row AND NOT is_recorded
