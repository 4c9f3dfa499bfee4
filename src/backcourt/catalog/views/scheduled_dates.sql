-- Every date with games that count: days since opening day (opening day = day 0), its games, those of them that are
-- final, and whether it is later than the season's last date with a final game.
SELECT
  g.game_date,
  g.season_year,
  MIN(DATE_DIFF(g.game_date, o.opening_day, DAY)) AS day_number,
  COUNT(DISTINCT g.game_id) AS games,
  COUNT(DISTINCT IF(g.game_status = 3, g.game_id, NULL)) AS final_games,
  LOGICAL_AND(g.game_date > COALESCE(o.last_final, DATE '0001-01-01')) AS is_to_come
FROM ({counted_games}) AS g
INNER JOIN ({seasons}) AS o ON o.season_year = g.season_year
WHERE o.opening_day IS NOT NULL
GROUP BY g.game_date, g.season_year
