-- How many rows a table holds of each month, how many are not what their hash says, and one hash over all of them.
SELECT month, COUNT(*) AS n, COUNTIF(row_hash = {is_altered}) AS altered, {fingerprint} AS digest
FROM ({rows_of})
GROUP BY month
