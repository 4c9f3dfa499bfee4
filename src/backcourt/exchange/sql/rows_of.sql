-- Month, key and hash of each row of a part of a table.
SELECT {label} AS month, {key} AS row_key, {digest} AS row_hash
FROM {target} AS t
WHERE {condition}
