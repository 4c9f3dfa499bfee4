-- A game in which only one side has lines is half a game, and of the other one nothing would be compared.
IF(teams < 2, FORMAT('two_teams: only %s has lines', team_abbreviation), NULL)
