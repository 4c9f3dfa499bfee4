-- The dates of a table on which stored rows changed after they were written.
SELECT `table`, day, `rows`, altered, example, doubled, twice, known
FROM (
  SELECT
    '{target}' AS `table`,
    r.day,
    r.stored AS `rows`,
    r.altered,
    COALESCE(r.example, '') AS example,
    COALESCE(d.doubled, 0) AS doubled,
    COALESCE(d.twice, '') AS twice,
    NOT COALESCE(
      l.status NOT IN ('failed', 'skipped') AND l.row_count = r.stored
      AND COALESCE(l.output_fingerprint, '') <> COALESCE(r.written, '~'),
      FALSE
    ) AS known
  FROM (
    SELECT
      day, COUNT(*) AS stored, COUNTIF(is_altered) AS altered, MIN(IF(is_altered, {key}, NULL)) AS example,
      {written} AS written
    FROM (
      SELECT {day} AS day, data_hash, {is_altered} AS is_altered, {names} FROM {target} WHERE {inside}
    ) AS hashed
    GROUP BY day
  ) AS r
  LEFT JOIN (
    -- The two rows of a duplicate key may have different dates.
    SELECT on_day AS day, COUNT(*) AS doubled, MIN({key}) AS twice
    FROM (
      SELECT {names}, MIN({day}) AS first_day, MAX({day}) AS last_day
      FROM {target}
      WHERE {inside}
      GROUP BY {names}
      HAVING COUNT(*) > 1
    ) AS repeated
    CROSS JOIN UNNEST(IF(first_day = last_day, [first_day], [first_day, last_day])) AS on_day
    GROUP BY on_day
  ) AS d ON d.day = r.day
  LEFT JOIN nba_processing.backfill_ledger AS l ON l.table_name = '{target}' AND l.game_date = r.day
) AS dates
WHERE altered > 0 OR doubled > 0 OR NOT known
