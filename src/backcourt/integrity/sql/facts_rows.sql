-- The figures of every team in a game.
SELECT game_id, game_date AS day, {team} AS team, {figures}
FROM {source}
WHERE game_date BETWEEN @start_date AND @end_date AND game_id IN (SELECT game_id FROM games)
GROUP BY game_id, day, team
