-- The parts of tables that read windows: a row adds its number on the first date that reads it, and takes it away on the
-- first date that no longer does. Each move is number:stream:days:sign, each reader stream:table:label.
SELECT r.table_name, t.game_date, r.label, SUM(t.total) AS total
FROM (
  SELECT
    stream,
    effective AS game_date,
    is_date,
    SUM(delta) OVER (
      PARTITION BY stream, season_year ORDER BY effective, is_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS total
  FROM (
    SELECT
      m.stream, b.season_year, DATE_ADD(b.day, INTERVAL m.days DAY) AS effective, FALSE AS is_date,
      SUM(m.sign * b.h) AS delta
    FROM ({selects}) AS b
    INNER JOIN (
      SELECT
        CAST(SPLIT(move, ':')[OFFSET(0)] AS INT64) AS number,
        CAST(SPLIT(move, ':')[OFFSET(1)] AS INT64) AS stream,
        CAST(SPLIT(move, ':')[OFFSET(2)] AS INT64) AS days,
        CAST(SPLIT(move, ':')[OFFSET(3)] AS INT64) AS sign
      FROM UNNEST([{moves}]) AS move
    ) AS m ON m.number = b.number
    GROUP BY m.stream, b.season_year, effective
    UNION ALL
    SELECT stream, d.season_year, d.game_date, TRUE, 0
    FROM dates AS d
    CROSS JOIN UNNEST([{streams}]) AS stream
  ) AS turns
) AS t
INNER JOIN (
  SELECT
    CAST(SPLIT(reader, ':')[OFFSET(0)] AS INT64) AS stream,
    SPLIT(reader, ':')[OFFSET(1)] AS table_name,
    SPLIT(reader, ':')[OFFSET(2)] AS label
  FROM UNNEST([{readers}]) AS reader
) AS r ON r.stream = t.stream
WHERE t.is_date
GROUP BY r.table_name, t.game_date, r.label
