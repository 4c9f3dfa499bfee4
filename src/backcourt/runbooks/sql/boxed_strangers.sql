-- Games with team box scores that the schedule does not have as final.
SELECT DISTINCT t.game_id
FROM nba_raw.nbac_team_boxscore AS t
LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = t.game_id
WHERE t.game_date BETWEEN @start AND @end AND COALESCE(s.game_status, 0) <> 3
ORDER BY 1
