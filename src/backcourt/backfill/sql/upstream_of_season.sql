-- An upstream that is read through a window must have rows of an earlier date of the season, unless it is the first.
SELECT
  d.game_date,
  {place} AS place,
  IF(d.day_number > 0 AND COALESCE(u.first_date >= d.game_date, TRUE), '{upstream}', NULL) AS missing,
  CAST(NULL AS STRING) AS short
FROM {dates} AS d
LEFT JOIN (
  SELECT season_year, MIN({upstream_date}) AS first_date
  FROM {upstream}
  WHERE {upstream_date} BETWEEN @opening_day AND @end_date
  GROUP BY season_year
) AS u ON u.season_year = d.season_year
