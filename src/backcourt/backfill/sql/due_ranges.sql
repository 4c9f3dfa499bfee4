-- What is due, as ranges of neighbouring dates.
SELECT
  table_name, MIN(game_date) AS first_date, MAX(game_date) AS last_date, COUNT(*) AS dates, reason,
  MIN(detail) AS detail, COUNT(DISTINCT detail) AS details, SUM(row_count) AS expected,
  LOGICAL_OR(row_count IS NULL) AS is_unknown, in_run
FROM (
  SELECT
    u.*,
    c.number - ROW_NUMBER() OVER (
      PARTITION BY u.table_name, u.season_year, u.reason, u.in_run ORDER BY c.number
    ) AS island
  FROM {due} AS u
  INNER JOIN {calendar} AS c ON c.game_date = u.game_date
) AS numbered
GROUP BY table_name, season_year, reason, in_run, island
