-- What a few rows of a table hold.
SELECT {key} AS row_key, {columns}
FROM {target} AS t
WHERE {condition} AND {key} IN UNNEST(@keys)
