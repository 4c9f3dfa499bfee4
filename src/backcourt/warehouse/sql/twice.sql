-- Keys that repeat in stored rows.
SELECT {keys} FROM {target} AS t WHERE {condition} GROUP BY {keys} HAVING COUNT(*) > 1
