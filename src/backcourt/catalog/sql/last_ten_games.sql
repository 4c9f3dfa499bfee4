-- Every player's newest ten games as of each of his games, and the date of the next one.
SELECT
  player_id,
  season_year,
  game_date,
  LEAD(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS next_date,
  SUM(paint_attempts) OVER (
    PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
  ) AS paint,
  SUM(IF(paint_attempts IS NULL, NULL, fg_attempts)) OVER (
    PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
  ) AS shots
FROM nba_analytics.player_game_summary
WHERE season_type IN {window_types} AND season_year IN (SELECT season_year FROM {source})
