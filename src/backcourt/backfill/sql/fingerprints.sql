-- The inputs of every scheduled date of some tables: a checksum of each part, and one fingerprint over them.
WITH dates AS (SELECT * FROM {scheduled} AS s),
openings AS (
  SELECT season_year AS opened_year, MIN(DATE_SUB(game_date, INTERVAL day_number DAY)) AS opened_on
  FROM dates
  GROUP BY season_year
),
{checksums},
dated AS (
  SELECT table_name, game_date, ARRAY_AGG(CONCAT(label, ':', FORMAT('%d', total)) ORDER BY label) AS parts
  FROM ({selects}) AS s
  WHERE total <> 0
  GROUP BY table_name, game_date
)
SELECT
  n.table_name,
  d.game_date,
  d.season_year,
  d.final_games,
  p.parts,
  SUBSTR(TO_HEX(SHA256(COALESCE(ARRAY_TO_STRING(p.parts, '|'), ''))), 1, 16) AS fingerprint
FROM dates AS d
CROSS JOIN ({tables}) AS n
LEFT JOIN dated AS p ON p.table_name = n.table_name AND p.game_date = d.game_date AND d.day_number >= n.first_day
WHERE d.final_games > 0 OR NOT n.played_only
