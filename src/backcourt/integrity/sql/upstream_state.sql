-- What is stored in an upstream of a date.
SELECT MIN({date_column}) AS first, MAX({date_column}) AS last, COUNT(*) AS `rows`, {written} AS written
FROM {source}
WHERE {date_column} BETWEEN {start} AND @day AND {season}
