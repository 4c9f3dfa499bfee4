-- Every date, and nothing that it lacks.
SELECT game_date, -1 AS place, CAST(NULL AS STRING) AS missing, CAST(NULL AS STRING) AS short
FROM {dates} AS d
