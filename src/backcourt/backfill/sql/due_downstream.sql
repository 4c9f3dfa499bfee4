-- The dates of a cascade that hold something to become stale: computed before, and no bootstrap.
SELECT
  l.table_name, c.game_date, c.season_year, 'downstream' AS reason, c.detail, c.classes, c.in_run, l.row_count,
  IF(c.in_run, 1, 2) AS rank
FROM ({reached}) AS c
INNER JOIN nba_processing.backfill_ledger AS l ON l.table_name = '{target}' AND l.game_date = c.game_date
WHERE l.status IN ('done', 'pending') AND c.day_number >= {first_day}
