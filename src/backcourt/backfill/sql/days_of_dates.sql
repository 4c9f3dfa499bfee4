-- Checksums of the rows that count on their own date.
SELECT season_year, {day} AS day, {sums_of_columns}
FROM {numbered} AS t
WHERE {day} BETWEEN @start_date AND @end_date
GROUP BY season_year, day
