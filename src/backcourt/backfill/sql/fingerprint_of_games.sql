-- The parts of tables that are computed game by game. Each reader is number:table:mask.
SELECT r.table_name, g.game_date, CONCAT(g.game_id, '#', r.mask) AS label, SUM(g.h) AS total
FROM ({selects}) AS g
INNER JOIN (
  SELECT
    CAST(SPLIT(reader, ':')[OFFSET(0)] AS INT64) AS number,
    SPLIT(reader, ':')[OFFSET(1)] AS table_name,
    SPLIT(reader, ':')[OFFSET(2)] AS mask
  FROM UNNEST([{readers}]) AS reader
) AS r ON r.number = g.number
GROUP BY r.table_name, g.game_date, label
