-- The game dates of a range.
SELECT game_date, season_year, day_number, games, final_games
FROM ({dates_in_range}) AS d
ORDER BY game_date
