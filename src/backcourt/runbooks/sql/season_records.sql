-- What each team won and lost in a regular season.
SELECT team_abbr, COUNTIF(win_flag) AS won, COUNTIF(NOT win_flag) AS lost
FROM nba_analytics.team_offense_game_summary
WHERE season_year = @season_year AND season_type = 'Regular Season' AND game_date BETWEEN @start_date AND @end_date
GROUP BY team_abbr
ORDER BY won DESC, lost, team_abbr
LIMIT 3
