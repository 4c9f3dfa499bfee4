-- The critical fields that are not clean, over all their dates.
SELECT
  name, field, LOGICAL_OR({contaminated}) AS contaminated, COUNT(*) AS dates, MIN(game_date) AS first_date,
  SUM(judged) AS judged, SUM(valid) AS valid
FROM ({selects}) AS q
GROUP BY name, field
