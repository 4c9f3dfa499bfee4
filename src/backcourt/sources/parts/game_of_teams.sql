-- The NBA's game `s` of the row `r` of a source that knows none of its ids: by date and teams, whichever is at home.
LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_date = r.game_date AND s.season_year = @season_year
  AND r.home IN (s.home_team_tricode, s.away_team_tricode) AND r.away IN (s.home_team_tricode, s.away_team_tricode)
  AND r.home <> r.away
