-- The first and the last date of the rows that a load wrote or took out.
SELECT MIN(day) AS first_day, MAX(day) AS last_day
FROM (
  SELECT {date_column} AS day
  FROM {source}
  WHERE processed_at = (
    SELECT MAX(h.processed_at) FROM nba_reference.processor_run_history AS h WHERE h.run_id = @run_id
  )
  UNION ALL
  SELECT game_date FROM nba_processing.restatements WHERE run_id = @run_id AND table_name = @name
)
