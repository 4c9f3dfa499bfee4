-- Game dates, with a final game or to come; number is a date's place among its season's played dates or those to come.
-- What is planned on an earlier date without a final game was not played.
SELECT
  game_date, season_year, day_number, games, final_games, is_to_come,
  ROW_NUMBER() OVER (PARTITION BY season_year, is_to_come ORDER BY game_date) AS number
FROM ({all scheduled_dates}) AS d
WHERE final_games > 0 OR is_to_come
