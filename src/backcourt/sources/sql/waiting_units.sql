-- Units of the last load that are held back, or some rows of them.
SELECT {unit} AS unit
FROM {staged} AS s
INNER JOIN {units} AS u ON u.unit = {unit}
WHERE s.broken_rules IS NOT NULL AND NOT u.is_out AND (u.held OR {quarantined_row})
