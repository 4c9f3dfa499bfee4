-- A flag per fact of every team in a game: whether it holds, NULL where it is not judged.
SELECT r.game_id, r.day, {flags}
FROM ({figured}) AS r
LEFT JOIN sides AS s ON s.game_id = r.game_id AND s.team_abbr = r.team
