-- The same beside the box scores of both teams.
SELECT r.game_id, r.day, {flags}
FROM ({figured}) AS r
LEFT JOIN sides AS s ON s.game_id = r.game_id AND s.team_abbr = r.team
LEFT JOIN boxes AS b ON b.game_id = r.game_id AND b.team_abbr = r.team
LEFT JOIN boxes AS o ON o.game_id = r.game_id AND o.team_abbr = s.opponent_abbr
