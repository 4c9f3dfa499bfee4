SELECT COUNT(*) AS n, COUNTIF(held) AS held, COUNTIF(gone) AS gone, COUNTIF(broken_rows > 0) AS broken
FROM {units}
