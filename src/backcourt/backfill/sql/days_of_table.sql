-- Checksums of a table without dates, which is read whole.
SELECT {season} AS season_year, DATE '1900-01-01' AS day, {sums_of_columns}
FROM {numbered} AS t
CROSS JOIN ({every_season}) AS s
GROUP BY season_year
