-- Season, table, game date and name of dates that were computed before a raw row of theirs got another id.
SELECT DISTINCT s.season, d.processor_name, l.game_date, SPLIT(r.row_key, '|')[SAFE_OFFSET(d.place)] AS player_lookup
FROM nba_processing.restatements AS r
INNER JOIN ({reads}) AS d ON d.raw = r.table_name
INNER JOIN nba_processing.backfill_ledger AS l
  ON l.table_name = d.reader AND l.status <> 'skipped' AND l.game_date >= r.game_date
  AND l.game_date <= DATE_ADD(r.game_date, INTERVAL d.days DAY)
  AND COALESCE(l.finished_at, l.started_at) < r.restated_at
INNER JOIN (SELECT DISTINCT season, game_date FROM nba_raw.nbac_schedule) AS s ON s.game_date = l.game_date
WHERE r.reason = 'names'
ORDER BY 1, 2, 3, 4
