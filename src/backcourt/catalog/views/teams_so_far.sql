-- On every scheduled date, the teams that have a box score of the season before it.
SELECT d.game_date, t.team_abbr
FROM ({scheduled_dates}) AS d
INNER JOIN (
  SELECT season_year, team_abbr, MIN(game_date) AS first_date
  FROM nba_raw.nbac_team_boxscore
  GROUP BY season_year, team_abbr
) AS t ON t.season_year = d.season_year AND t.first_date < d.game_date
