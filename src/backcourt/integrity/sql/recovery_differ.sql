-- How many keys have rows that do not say the same.
SELECT COUNT(*) AS n
FROM (
  SELECT {keys}
  FROM {target}
  WHERE {condition}
  GROUP BY {keys}
  HAVING COUNT(*) > 1 AND (COUNT(DISTINCT data_hash) > 1 OR COUNT({trusted}) < COUNT(*))
)
