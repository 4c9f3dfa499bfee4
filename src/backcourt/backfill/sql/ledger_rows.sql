-- The ledger's rows of a chunk that would say something new: one per scheduled date.
WITH outputs AS (
  SELECT {day} AS game_date, COUNT(*) AS row_count, {output_fingerprint} AS fingerprint
  FROM {stage}
  WHERE {is_good}
  GROUP BY {day}
),
failures AS (
  SELECT
    analysis_date AS game_date,
    COUNT(*) AS failure_count,
    MAX(IF(entity_id = {date_level}, failure_category, NULL)) AS date_failure
  FROM {failed}
  GROUP BY analysis_date
),
games AS (
  SELECT game_date, SUM(expected) AS games_expected, SUM(found) AS games_found FROM {windows} GROUP BY game_date
),
new_rows AS (
  SELECT
    d.game_date,
    CASE
      WHEN d.day_number < {first_day} THEN 'skipped'
      WHEN f.date_failure IS NOT NULL THEN 'failed'
      WHEN d.final_games > 0 THEN 'done'
      ELSE 'pending'
    END AS status,
    CASE
      WHEN d.day_number < {first_day} THEN 'bootstrap'
      WHEN f.date_failure IS NOT NULL THEN f.date_failure
      WHEN d.final_games = 0 THEN 'not_played_yet'
    END AS reason,
    i.fingerprint AS input_fingerprint,
    i.parts AS inputs,
    r.fingerprint AS output_fingerprint,
    COALESCE(r.row_count, 0) AS row_count,
    COALESCE(f.failure_count, 0) AS failure_count,
    g.games_expected,
    g.games_found
  FROM {dates} AS d
  LEFT JOIN outputs AS r ON r.game_date = d.game_date
  LEFT JOIN failures AS f ON f.game_date = d.game_date
  LEFT JOIN {inputs} AS i ON i.game_date = d.game_date AND i.table_name = @table_name
  LEFT JOIN games AS g ON g.game_date = d.game_date
  WHERE d.game_date BETWEEN @start_date AND @end_date
)
SELECT @table_name AS table_name, n.*, @code_version AS code_version, COALESCE(l.attempt, 0) + 1 AS attempt
FROM new_rows AS n
LEFT JOIN nba_processing.backfill_ledger AS l
  ON l.table_name = @table_name AND l.game_date = n.game_date AND l.game_date BETWEEN @start_date AND @end_date
WHERE l.game_date IS NULL
  OR n.status = 'failed'
  OR l.code_version <> @code_version
  OR l.status <> n.status
  OR COALESCE(l.reason, '') <> COALESCE(n.reason, '')
  OR COALESCE(l.input_fingerprint, '') <> COALESCE(n.input_fingerprint, '')
  OR COALESCE(l.output_fingerprint, '') <> COALESCE(n.output_fingerprint, '')
  OR COALESCE(l.games_expected, -1) <> COALESCE(n.games_expected, -1)
  OR COALESCE(l.games_found, -1) <> COALESCE(n.games_found, -1)
  OR l.row_count <> n.row_count
  OR l.failure_count <> n.failure_count
