-- Registered players and teams of seasons, and the newest game that the registry knows.
SELECT
  season, COUNT(DISTINCT player_id) AS players, COUNT(DISTINCT team_abbr) AS teams,
  MAX(last_gamebook_activity_date) AS known
FROM nba_reference.nba_players_registry
WHERE season IN UNNEST(@seasons)
GROUP BY season
