-- Field goals attempted by team in the stored box scores of some games.
SELECT game_id, team_abbr, MAX(tried) AS tried
FROM (
  SELECT game_id, team_abbr, fg_attempted AS tried FROM nba_raw.nbac_team_boxscore WHERE {condition}
  UNION ALL
  SELECT game_id, team_abbr, SUM(field_goals_attempted) AS tried
  FROM nba_raw.nbac_player_boxscore
  WHERE {condition}
  GROUP BY game_id, team_abbr
)
WHERE tried IS NOT NULL
GROUP BY game_id, team_abbr
