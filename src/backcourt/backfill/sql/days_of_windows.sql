-- Checksums of the rows that count from the day after their date on. Windows of days reach behind the opening day.
SELECT t.season_year, {day} AS day, {sums_of_columns}
FROM {numbered} AS t
INNER JOIN openings AS o
  ON o.opened_year = t.season_year AND {day} >= DATE_SUB(o.opened_on, INTERVAL {before} DAY)
WHERE {day} BETWEEN DATE_SUB(@opening_day, INTERVAL {before} DAY) AND @end_date
GROUP BY season_year, day
