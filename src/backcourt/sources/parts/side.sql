-- Where the schedule's game `s` has the team of the row `r`.
r.team_abbreviation IN (s.home_team_tricode, s.away_team_tricode) AS in_game,
r.team_abbreviation = s.home_team_tricode AS is_home,
IF(r.team_abbreviation = s.home_team_tricode, s.away_team_tricode, s.home_team_tricode) AS opponent,
IF(r.team_abbreviation = s.home_team_tricode, s.home_team_score, s.away_team_score) AS own_score
