-- The staged rows that are published.
SELECT {columns}
FROM {staged}
WHERE broken_rules IS NULL AND {unit} IN (SELECT unit FROM {units} WHERE NOT gone)
