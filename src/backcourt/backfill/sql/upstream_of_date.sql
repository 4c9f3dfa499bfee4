-- An upstream that is read for the date itself must have rows of that date, or a ledger entry that says done with none.
SELECT
  d.game_date,
  {place} AS place,
  IF(u.game_date IS NULL, '{upstream}', NULL) AS missing,
  IF(
    u.n < {least} * d.games,
    CONCAT('{upstream} has ', FORMAT('%d', u.n), ' rows, ', FORMAT('%d', {least} * d.games), ' needed'),
    NULL
  ) AS short
FROM {dates} AS d
LEFT JOIN (
  SELECT game_date, SUM(n) AS n
  FROM (
    SELECT {upstream_date} AS game_date, COUNT(*) AS n
    FROM {upstream}
    WHERE {upstream_date} BETWEEN @start_date AND @end_date
    GROUP BY game_date
    UNION ALL
    SELECT game_date, 0 AS n
    FROM nba_processing.backfill_ledger
    WHERE table_name = '{upstream}' AND status = 'done' AND row_count = 0
      AND game_date BETWEEN @start_date AND @end_date
  ) AS counted
  GROUP BY game_date
) AS u ON u.game_date = d.game_date
