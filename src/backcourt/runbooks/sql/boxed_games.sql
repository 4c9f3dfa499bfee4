-- Final games of a range with what is stored of their team box scores.
SELECT
  s.game_date, s.game_id, s.home_team_tricode, s.away_team_tricode, s.home_team_score, s.away_team_score,
  COUNT(t.team_abbr) AS n, COUNTIF(t.is_home) AS home, SUM(t.points) AS points,
  COUNTIF(t.points <> IF(t.is_home, s.home_team_score, s.away_team_score)) AS differing,
  COUNTIF(2 * t.fg_made + t.three_pt_made + t.ft_made <> t.points) AS unlike
FROM nba_raw.nbac_schedule AS s
LEFT JOIN nba_raw.nbac_team_boxscore AS t ON t.game_id = s.game_id AND t.game_date BETWEEN @start AND @end
WHERE s.game_date BETWEEN @start AND @end AND s.game_status = 3
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2
