-- Dates on which a source is present, but under its own minimum.
SELECT COUNT(*) AS dates, MIN(d.game_date) AS first_date, MIN(r.n) AS fewest
FROM ({dates_in_range}) AS d
INNER JOIN (
  SELECT {day} AS game_date, COUNT(*) AS n FROM {source} WHERE {day} BETWEEN @start_date AND @end_date GROUP BY {day}
) AS r ON r.game_date = d.game_date
WHERE r.n < @least * d.games
