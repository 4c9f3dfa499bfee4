-- No window of newest games.
SELECT
  CAST(NULL AS DATE) AS game_date, CAST(NULL AS STRING) AS entity_id, '' AS whose, CAST(NULL AS INT64) AS expected,
  CAST(NULL AS INT64) AS found
