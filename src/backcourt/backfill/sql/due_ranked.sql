-- One row per date: what the ledger says first, then what this run changes, then what becomes stale.
WITH found AS ({selects}),
changed AS (
  SELECT game_date, BIT_OR(classes) AS classes FROM found GROUP BY game_date
)
SELECT f.table_name, f.game_date, f.season_year, f.reason, f.detail, c.classes, f.in_run, f.row_count
FROM (
  SELECT
    table_name, game_date, season_year, reason, detail,
    {is_wanted} AND in_run AND game_date BETWEEN @start_date AND @end_date AS in_run, row_count, rank
  FROM found
) AS f
INNER JOIN changed AS c ON c.game_date = f.game_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.game_date ORDER BY IF(f.in_run, 0, 1), f.rank, f.detail) = 1
