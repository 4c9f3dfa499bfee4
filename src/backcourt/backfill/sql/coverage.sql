-- Every table on every game date. Where a table has rows of others as well, only a second row of one key is one too many.
WITH {tracked},
bugs AS (
  SELECT processor_name, analysis_date, COUNT(*) AS n
  FROM records
  WHERE failure_category = 'PROCESSING_ERROR'
  GROUP BY processor_name, analysis_date
)
SELECT
  n.table_name AS `table`,
  d.game_date AS day,
  d.day_number AS number,
  COALESCE(t.candidates, 0) AS candidates,
  COALESCE(c.stored, 0) AS `rows`,
  COALESCE(t.failed, 0) AS failed,
  COALESCE(t.withheld, 0) AS withheld,
  COALESCE(t.untracked, 0) AS untracked,
  COALESCE(c.stored, 0) - IF(n.is_complete, COALESCE(t.matched, 0), COALESCE(c.listed, 0)) AS unexpected,
  COALESCE(b.n, 0) AS errors,
  l.status AS ledger,
  l.row_count AS ledger_rows,
  COALESCE(l.reason, '') AS reason
FROM dates AS d
CROSS JOIN ({tables}) AS n
LEFT JOIN tracked AS t ON t.table_name = n.table_name AND t.game_date = d.game_date
LEFT JOIN ({stored}) AS c ON c.table_name = n.table_name AND c.game_date = d.game_date
LEFT JOIN bugs AS b ON b.processor_name = n.short_name AND b.analysis_date = d.game_date
LEFT JOIN nba_processing.backfill_ledger AS l ON l.table_name = n.table_name AND l.game_date = d.game_date
