-- Both teams of every final game. A game that the schedule lists twice is one game.
SELECT DISTINCT game_date, season_year, season_type, game_id, team_abbr
FROM ({sides}) AS s
WHERE game_status = 3
