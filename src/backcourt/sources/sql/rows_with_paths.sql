-- Staged rows with the payload that brought their unit.
SELECT s.*, l.path AS landed_from
FROM {staged} AS s
LEFT JOIN (SELECT landed_unit, MIN(path) AS path FROM nba_staging.landed_units GROUP BY landed_unit) AS l
  ON l.landed_unit = {unit}
