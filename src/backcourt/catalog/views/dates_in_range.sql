-- The game dates of a range: those with a final game, and the next @ahead dates to come of each season.
-- day_number counts from opening day, which is day 0; games were not postponed.
SELECT game_date, season_year, day_number, games, final_games
FROM ({game_dates}) AS d
WHERE game_date BETWEEN {start} AND {end} AND (NOT is_to_come OR number <= @ahead)
