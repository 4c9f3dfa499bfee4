-- Title: Failure records by category and week
-- Purpose: How many candidates of each week have a failure record, by table and category. INSUFFICIENT_DATA is
--   many in the first weeks and few later; any PROCESSING_ERROR is a bug. Week 0 begins on opening day.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter table TABLE = all: one computed table, by its name or abbreviation
WITH openings AS (
  SELECT season, MIN(game_date) AS opening_day, MAX(game_date) AS last_day
  FROM nba_raw.nbac_schedule
  WHERE season_type IN {counted_types}
  GROUP BY season
)
SELECT
  o.season,
  DIV(DATE_DIFF(r.analysis_date, o.opening_day, DAY), 7) AS week,
  r.processor_name AS table_name,
  r.failure_category,
  COUNT(*) AS records,
  COUNT(DISTINCT r.entity_id) AS entities,
  MIN(r.analysis_date) AS first_date,
  MAX(r.analysis_date) AS last_date
FROM ({failure_records}) AS r
INNER JOIN openings AS o ON r.analysis_date BETWEEN o.opening_day AND o.last_day
WHERE @table = 'all' OR ENDS_WITH(@table, CONCAT('.', r.processor_name))
GROUP BY o.season, week, table_name, r.failure_category
ORDER BY o.season, week, table_name, r.failure_category
