-- Every season's opening day, the date of its first regular-season game, and the last date with a final game.
SELECT
  season_year,
  MIN(IF(season_type = 'Regular Season', game_date, NULL)) AS opening_day,
  MAX(IF(game_status = 3, game_date, NULL)) AS last_final
FROM ({all counted_games}) AS g
GROUP BY season_year
