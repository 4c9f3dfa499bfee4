-- Failures by season, table, category and week since opening day.
WITH {tracked},
failures AS (
  SELECT processor_name, analysis_date, failure_category, COUNT(*) AS failures
  FROM records
  GROUP BY processor_name, analysis_date, failure_category
),
days AS (
  -- Weeks end on day 21, 28, 35 ... as the bands do; the last band begins inside one.
  SELECT
    t.table_name, t.game_date, t.candidates, d.day_number, d.season_year,
    CAST(FLOOR(SAFE_DIVIDE(d.day_number - 1, 7)) AS INT64) AS week,
    d.day_number >= 60 AS late
  FROM tracked AS t
  INNER JOIN dates AS d ON d.game_date = t.game_date
),
periods AS (
  SELECT
    season_year, week, late, table_name, MIN(day_number) AS first_day, MAX(day_number) AS last_day,
    CAST(SUM(candidates) AS INT64) AS candidates
  FROM days
  GROUP BY season_year, week, late, table_name
)
SELECT
  CONCAT(FORMAT('%d', p.season_year), '-', FORMAT('%02d', MOD(p.season_year + 1, 100))) AS season,
  {short} AS `table`,
  k.failure_category AS category,
  MIN(p.first_day) AS first_day,
  MIN(p.last_day) AS last_day,
  MIN(p.candidates) AS candidates,
  CAST(COALESCE(SUM(f.failures), 0) AS INT64) AS failures
FROM periods AS p
INNER JOIN (SELECT DISTINCT processor_name, failure_category FROM failures) AS k
  ON ENDS_WITH(p.table_name, CONCAT('.', k.processor_name))
INNER JOIN days AS d
  ON d.table_name = p.table_name AND d.season_year = p.season_year AND d.week = p.week AND d.late = p.late
LEFT JOIN failures AS f
  ON f.processor_name = k.processor_name AND f.failure_category = k.failure_category AND f.analysis_date = d.game_date
GROUP BY p.season_year, p.week, p.late, p.table_name, k.failure_category
ORDER BY season, `table`, category, first_day
