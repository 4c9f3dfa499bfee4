-- Every computed table in every month, in game dates, as the ledger has them.
SELECT
  t AS `table`,
  FORMAT_DATE('%Y-%m', d.game_date) AS month,
  COUNTIF(d.played) AS dates,
  COUNTIF(d.played AND l.status = 'done') AS done,
  COUNTIF(d.played AND l.status = 'skipped') AS skipped,
  COUNTIF(l.status = 'failed') AS failed,
  COUNTIF(NOT d.played AND l.status = 'pending') AS pending
FROM (
  SELECT game_date, final_games > 0 AS played FROM ({dates_in_range})
  WHERE @season = '' OR season_year = SAFE_CAST(SUBSTR(@season, 1, 4) AS INT64)
) AS d
CROSS JOIN UNNEST(@tables) AS t
LEFT JOIN nba_processing.backfill_ledger AS l ON l.table_name = t AND l.game_date = d.game_date
WHERE d.played OR l.game_date IS NOT NULL
GROUP BY t, month
