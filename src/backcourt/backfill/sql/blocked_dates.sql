-- The dates of a table that failed, or that read a date that failed.
SELECT DISTINCT
  game_date, season_year, 'failed' AS reason, '' AS detail, {everything} AS classes, TRUE AS in_run
FROM ({selects}) AS b
