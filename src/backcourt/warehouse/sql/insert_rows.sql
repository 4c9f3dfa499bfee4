-- The staged rows whose key is not stored.
INSERT INTO {target} ({columns})
SELECT {values}
FROM {staged} AS s
WHERE {good} AND NOT EXISTS (SELECT 1 FROM {target} AS t WHERE {condition} AND {same_key})
ORDER BY {sorted_by}
