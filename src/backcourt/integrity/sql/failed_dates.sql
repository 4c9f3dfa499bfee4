-- The dates of each table that failed as a whole: how many, the oldest and the newest, and why the newest failed.
SELECT
  l.table_name,
  COUNT(*) AS dates,
  MIN(l.game_date) AS oldest,
  MAX(l.game_date) AS newest,
  ARRAY_AGG(COALESCE(l.reason, '') ORDER BY l.game_date DESC LIMIT 1)[OFFSET(0)] AS reason,
  ARRAY_AGG(COALESCE(f.failure_reason, '') ORDER BY l.game_date DESC LIMIT 1)[OFFSET(0)] AS detail
FROM nba_processing.backfill_ledger AS l
LEFT JOIN ({failure_records}) AS f
  ON f.analysis_date = l.game_date
  AND f.entity_id = @date_level
  AND ENDS_WITH(l.table_name, CONCAT('.', f.processor_name))
WHERE
  l.status = 'failed'
  AND (@season = '' OR l.game_date IN (
    SELECT DISTINCT game_date FROM nba_raw.nbac_schedule
    WHERE season_type IN {counted_types} AND (@season = '' OR season = @season)
  ))
GROUP BY l.table_name
ORDER BY newest DESC, l.table_name
