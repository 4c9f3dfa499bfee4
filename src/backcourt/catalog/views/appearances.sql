-- Who played in which final game, by the raw box scores: the lines of player_game_summary that have a player.
SELECT DISTINCT g.game_id, g.game_date, g.season_year, g.season_type, a.player_id
FROM ({counted_games}) AS g
INNER JOIN ({box_lines}) AS a ON a.game_id = g.game_id
WHERE g.game_status = 3 AND a.player_id IS NOT NULL
