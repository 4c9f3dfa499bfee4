-- Checksums of rows in windows of newest games: a row counts from the day after its game until its owner has played as
-- many games more, and then with the opposite sign.
SELECT season_year, turn AS day, {sums_of_turns}
FROM (
  SELECT season_year, IF(e = 0, day, last_day) AS turn, {turned_columns}
  FROM (
    SELECT
      t.season_year,
      {day} AS day,
      LEAD({day}, {games}) OVER (PARTITION BY {owner}, t.season_year ORDER BY {day}, {keys}) AS last_day,
      {columns}
    FROM {numbered} AS t
    INNER JOIN openings AS o ON o.opened_year = t.season_year AND {day} >= o.opened_on
    WHERE {day} BETWEEN @opening_day AND @end_date AND {counts}
  ) AS played
  CROSS JOIN UNNEST([0, 1]) AS e
  WHERE e = 0 OR last_day IS NOT NULL
) AS turns
GROUP BY season_year, turn
