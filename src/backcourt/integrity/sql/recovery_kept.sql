-- One row of each key.
SELECT {columns}
FROM {target}
WHERE {condition}
QUALIFY ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY processed_at) = 1
