-- Units of which at least one row is new, changed or gone, and these rows. The hash covers the key, so that equal hashes
-- mean equal rows; a row changed behind its hash has none.
SELECT
  COUNT(DISTINCT IF(n.data_hash IS NULL OR o.data_hash IS NULL, COALESCE(n.unit, o.unit), NULL)) AS units,
  COUNTIF(o.data_hash IS NULL) AS inserted,
  COUNTIF(n.data_hash IS NULL) AS removed
FROM (SELECT {unit_of_s} AS unit, data_hash FROM {good} AS s) AS n
FULL JOIN (
  -- Of rows that stand there twice one counts, and the others are rows that have to go.
  SELECT unit, IF(ROW_NUMBER() OVER (PARTITION BY unit, h) = 1, h, NULL) AS data_hash
  FROM (SELECT {unit_of_t} AS unit, {trusted} AS h FROM {target} AS t WHERE {condition})
) AS o ON o.data_hash = n.data_hash
