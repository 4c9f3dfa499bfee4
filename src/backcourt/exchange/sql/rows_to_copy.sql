-- The rows of a part of a table, each with its month and what it is compared by.
SELECT {columns}, {label} AS copied_month, {digest} AS row_hash
FROM {target} AS t
WHERE {condition}
