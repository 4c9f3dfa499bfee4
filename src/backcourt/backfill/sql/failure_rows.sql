-- The failure records of candidates; a player listed for two games of a date has one. Both flags are a fact of the
-- record: where it says whether data is missing or only too few games were played, that decides; else the category does.
SELECT
  analysis_date, entity_id, failure_category, failure_reason, expected_game_count, actual_game_count,
  COALESCE(data_missing, failure_category IN ({retryable})) AS can_retry,
  COALESCE(data_missing, failure_category IN ({correctable})) AS is_correctable
FROM (
  SELECT
    r.analysis_date, r.entity_id, r.failure_category, r.failure_reason, r.expected_game_count, r.actual_game_count,
    -- Too few rows, but enough games: who has played as often as the computation needs is not new, rows are lost.
    IF(
      r.failure_category IN ('INSUFFICIENT_DATA', 'NO_SHOT_ZONE') AND w.entity_id IS NOT NULL,
      COALESCE(r.data_missing, FALSE) OR w.played >= r.expected_game_count,
      r.data_missing
    ) AS data_missing,
    r.rank
  FROM (
    SELECT
      {day} AS analysis_date, {entity} AS entity_id, failure_category, failure_reason, expected_game_count,
      actual_game_count, data_missing, IF({is_good}, 2, 1) AS rank
    FROM {stage}
    WHERE failure_category IS NOT NULL
    UNION ALL
    SELECT
      analysis_date, entity_id, failure_category, failure_reason, expected_game_count, actual_game_count,
      CAST(NULL AS BOOL) AS data_missing, 0 AS rank
    FROM ({withheld}) AS h
  ) AS r
  LEFT JOIN (
    SELECT game_date, entity_id, MAX(expected) AS played
    FROM {windows}
    WHERE whose = '{whose}'
    GROUP BY game_date, entity_id
  ) AS w ON w.game_date = r.analysis_date AND w.entity_id = r.entity_id
) AS f
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY analysis_date, entity_id ORDER BY rank, failure_category, failure_reason
) = 1
