-- What is held back, and why: one row per unit and rule, with the payload or file that it came from.
INSERT INTO nba_processing.quarantine (
  table_name, season, game_id, rule, game_date, detail, source_file, run_id, quarantined_at
)
SELECT
  @table_name,
  @season,
  unit,
  rule,
  MIN(game_date),
  CONCAT(MIN(detail), IF(COUNT(*) > 1, CONCAT(' (and ', CAST(COUNT(*) - 1 AS STRING), ' more rows)'), '')),
  COALESCE(MIN(path), @source_file),
  @run_id,
  @now
FROM (
  SELECT
    {unit} AS unit,
    {game_date} AS game_date,
    {path} AS path,
    SPLIT(broken, ': ')[SAFE_OFFSET(0)] AS rule,
    SUBSTR(broken, STRPOS(broken, ': ') + 2) AS detail
  FROM {staged} AS s
  CROSS JOIN UNNEST(SPLIT(s.broken_rules, '; ')) AS broken
  WHERE s.broken_rules IS NOT NULL
    AND {unit} NOT IN (SELECT unit FROM {units} WHERE is_out)
    AND ({unit} IN (SELECT unit FROM {units} WHERE held) OR {quarantined_row})
) AS b
GROUP BY unit, rule
ORDER BY unit, rule
