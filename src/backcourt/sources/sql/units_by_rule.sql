-- Units per rule or warning named in a column.
SELECT SPLIT(named, ': ')[SAFE_OFFSET(0)] AS rule, COUNT(DISTINCT {unit}) AS games
FROM {staged} AS s
CROSS JOIN UNNEST(SPLIT(s.{listed}, '; ')) AS named
WHERE s.{listed} IS NOT NULL AND {condition}
GROUP BY rule
