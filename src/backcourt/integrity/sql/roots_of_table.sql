-- The gaps of a table that is not computed from others.
SELECT
  game_date, season_year, classes, 'gap' AS reason, '' AS detail, table_name AS root, TRUE AS own, '' AS changed
FROM {roots}
WHERE table_name = '{source}'
