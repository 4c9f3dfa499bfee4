-- Rows of a date that were changed after they had been published, newest first.
SELECT row_key, old_hash, new_hash, reason, run_id, restated_at
FROM nba_processing.restatements
WHERE table_name = @name AND game_date = @day AND (@row = '' OR row_key = @row)
ORDER BY restated_at DESC, row_key
