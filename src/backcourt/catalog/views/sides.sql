-- Both teams of every game that counts, each with its opponent; margins and periods are known of final games only.
SELECT
  game_id, game_date, season_year, season_type, game_status, home_team_tricode AS team_abbr,
  away_team_tricode AS opponent_team_abbr, TRUE AS home_game, home_team_score - away_team_score AS margin,
  periods - 4 AS overtime_periods, tipoff_at, venue_latitude AS latitude, venue_longitude AS longitude, place_basis
FROM ({counted_games}) AS h
UNION ALL
SELECT
  game_id, game_date, season_year, season_type, game_status, away_team_tricode, home_team_tricode, FALSE,
  away_team_score - home_team_score, periods - 4, tipoff_at, venue_latitude, venue_longitude, place_basis
FROM ({counted_games}) AS a
