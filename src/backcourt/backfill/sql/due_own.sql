-- The dates that are due on their own, and why: the ledger against the stored rows, the code and today's inputs.
SELECT
  table_name,
  game_date,
  season_year,
  reason,
  CASE WHEN reason <> 'stale' THEN COALESCE(ledger_reason, '') WHEN older THEN 'older code' ELSE changed END AS detail,
  IF(
    reason <> 'stale' OR older,
    {everything},
    -- The classes of columns that depend on the parts that changed.
    COALESCE(
      (
        SELECT BIT_OR(CAST(REGEXP_EXTRACT(part, r'#([0-9]+):') AS INT64))
        FROM UNNEST(SPLIT(changed, ', ')) AS part
        WHERE STRPOS(part, '#') > 0
      ),
      {everything}
    )
  ) AS classes,
  TRUE AS in_run,
  row_count
FROM (
  SELECT
    table_name,
    game_date,
    season_year,
    IF(@forced, COALESCE(why, 'forced'), IF(why IN UNNEST(@kinds), why, NULL)) AS reason,
    ledger_reason,
    older,
    -- The parts of today and of the ledger that differ.
    CONCAT(
      ARRAY_TO_STRING(ARRAY(SELECT a FROM UNNEST(parts) AS a WHERE a NOT IN UNNEST(inputs)), ', '),
      ', ',
      ARRAY_TO_STRING(ARRAY(SELECT a FROM UNNEST(inputs) AS a WHERE a NOT IN UNNEST(parts)), ', ')
    ) AS changed,
    row_count
  FROM (
    SELECT
      i.table_name,
      i.game_date,
      i.season_year,
      CASE
        WHEN l.game_date IS NULL THEN 'missing'
        WHEN l.status = 'failed' THEN 'failed'
        WHEN l.status = 'pending' AND i.final_games > 0 THEN 'missing'
        WHEN COALESCE(r.stored, 0) <> l.row_count THEN 'missing'
        WHEN l.code_version <> t.code_version THEN 'stale'
        WHEN COALESCE(l.input_fingerprint, '') <> i.fingerprint THEN 'stale'
      END AS why,
      IF(
        l.status IN ('done', 'pending') AND COALESCE(r.stored, 0) <> l.row_count,
        CONCAT(FORMAT('%d', COALESCE(r.stored, 0)), ' of ', FORMAT('%d', l.row_count), ' rows'),
        l.reason
      ) AS ledger_reason,
      COALESCE(l.code_version <> t.code_version, FALSE) AS older,
      COALESCE(i.parts, ['']) AS parts,
      COALESCE(l.inputs, ['']) AS inputs,
      IF(l.status IN ('done', 'pending'), l.row_count, NULL) AS row_count
    FROM {inputs} AS i
    INNER JOIN ({tables}) AS t ON t.table_name = i.table_name
    LEFT JOIN nba_processing.backfill_ledger AS l
      ON l.table_name = i.table_name AND l.game_date = i.game_date AND l.game_date BETWEEN @start_date AND @end_date
    LEFT JOIN ({stored}) AS r ON r.table_name = i.table_name AND r.game_date = i.game_date
  ) AS compared
  WHERE why IS NOT NULL OR @forced
) AS found
WHERE reason IS NOT NULL
