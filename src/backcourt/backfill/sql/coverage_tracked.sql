-- The candidates of a table by date: with a row, with a record that no row was written, with neither.
SELECT
  '{target}' AS table_name,
  game_date,
  COUNT(*) AS candidates,
  COUNTIF(has_row) AS matched,
  COUNTIF(NOT has_row AND is_recorded) AS failed,
  COUNTIF(NOT has_row AND is_unhealthy) AS withheld,
  COUNTIF(NOT has_row AND NOT is_recorded) AS untracked
FROM ({coverage_candidates}) AS c
GROUP BY game_date
