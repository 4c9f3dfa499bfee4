-- Each key of a part of a table, with the hashes of its rows: one, unless the key repeats.
SELECT month, row_key, STRING_AGG(row_hash, '' ORDER BY row_hash) AS row_hash
FROM ({rows_of})
GROUP BY month, row_key
