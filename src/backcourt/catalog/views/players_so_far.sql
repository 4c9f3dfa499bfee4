-- On every scheduled date, the players who have played in the season before it.
SELECT d.game_date, p.player_id
FROM ({scheduled_dates}) AS d
INNER JOIN (
  SELECT season_year, player_id, MIN(game_date) AS first_date
  FROM ({all appearances}) AS a
  GROUP BY season_year, player_id
) AS p ON p.season_year = d.season_year AND p.first_date < d.game_date
