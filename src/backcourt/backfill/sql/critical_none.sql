-- The critical fields of a table that has none.
SELECT CAST(NULL AS STRING) AS field, 0 AS valid, 0 AS judged, CAST(NULL AS DATE) AS game_date
FROM UNNEST([1]) AS one
WHERE FALSE
