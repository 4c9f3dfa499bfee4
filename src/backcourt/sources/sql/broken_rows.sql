-- Rows that are left out, and those that loaded units go without: how many break a rule, and the first of them.
SELECT
  SPLIT(broken, ': ')[SAFE_OFFSET(0)] AS rule,
  COUNT(*) AS n,
  MIN(SUBSTR(broken, STRPOS(broken, ': ') + 2)) AS detail
FROM {staged} AS s
CROSS JOIN UNNEST(SPLIT(s.broken_rules, '; ')) AS broken
INNER JOIN {units} AS u ON u.unit = {unit}
WHERE s.broken_rules IS NOT NULL AND NOT u.held
  AND (NOT u.is_out OR STARTS_WITH(broken, '{exhibition}: ') OR NOT {quarantined_row})
GROUP BY rule
ORDER BY rule
