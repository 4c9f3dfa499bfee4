-- A table's dates that are gaps, have changed inputs, or read such dates; one row per date.
SELECT
  game_date,
  MIN(season_year) AS season_year,
  BIT_OR(classes) AS classes,
  'gap' AS reason,
  -- A gap says more of where it comes from than changed inputs do.
  COALESCE(MIN(IF(root = '{raw}', NULL, NULLIF(detail, ''))), MAX(detail)) AS detail,
  COALESCE(
    MIN(IF(detail = '' OR changed <> '' OR root = '{raw}', NULL, root)),
    MIN(IF(detail = '' OR root = '{raw}', NULL, root)),
    IF(MAX(detail) = '', '{target}', '{raw}')
  ) AS root,
  LOGICAL_OR(own) AS own,
  MAX(changed) AS changed
FROM ({selects}) AS d
GROUP BY game_date
