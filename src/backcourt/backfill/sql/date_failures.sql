-- The dates that fail as a whole, as failure records with their flags; the gravest reason wins.
SELECT
  analysis_date, entity_id, failure_category, failure_reason, expected_game_count, actual_game_count,
  failure_category <> 'PROCESSING_ERROR' AS can_retry,
  failure_category <> 'PROCESSING_ERROR' AS is_correctable
FROM ({selects}) AS f
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY analysis_date
  ORDER BY
    CASE failure_category WHEN 'MISSING_DEPENDENCY' THEN 0 WHEN 'INCOMPLETE_DATA' THEN 1 ELSE 2 END,
    failure_reason
) = 1
