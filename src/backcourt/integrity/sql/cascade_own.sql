-- A table's dates that are gaps of their own, or whose inputs changed since they were computed.
SELECT game_date, season_year, classes, '' AS detail, table_name AS root, TRUE AS own, '' AS changed
FROM {roots}
WHERE table_name = '{target}'
UNION ALL
SELECT game_date, season_year, classes, {upstream} AS detail, {upstream} AS root, FALSE AS own, detail AS changed
FROM {stale}
WHERE table_name = '{target}' AND reason = 'stale' AND detail <> 'older code'
