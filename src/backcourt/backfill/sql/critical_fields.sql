-- A row per date and critical field: rows judged and valid. A field that varies over a date and has one value, or is 0 in
-- half of the rows, with values in the rows of four teams or more, is constant: none of its rows counts as valid then.
SELECT game_date, stored, field, judged, IF(constant, 0, valid) AS valid, null_rows, constant
FROM (
  SELECT
    game_date, stored, {field} AS field, {judged} AS judged, {valid} AS valid, {null_rows} AS null_rows,
    {constant} AS constant
  FROM (
    SELECT game_date, SUM(stored) AS stored, {totals}
    FROM (
      -- By team first, so that no value has to be counted once.
      SELECT game_date, team, COUNT(*) AS stored, {sums}
      FROM (
        SELECT t.{day} AS game_date, {flags}
        FROM (SELECT t.* FROM {source} AS t WHERE {condition}) AS t
        {beside}
      ) AS f
      GROUP BY game_date, team
    ) AS teams
    GROUP BY game_date
  ) AS s
  CROSS JOIN UNNEST([{numbers}]) AS number
) AS q
