-- The newest date with a box score of the league, by season.
SELECT {season_of_r} AS season, MAX(r.game_date) AS newest
FROM (
  SELECT season_year, game_date FROM nba_raw.nbac_player_boxscore
  UNION ALL
  SELECT season_year, game_date FROM nba_raw.nbac_gamebook_player_stats
) AS r
WHERE {season_of_r} IN UNNEST(@seasons)
GROUP BY 1
