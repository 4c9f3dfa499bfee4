-- What the players of a team make is its score in the schedule; players without any points make none.
IF(in_game AND own_score IS NOT NULL AND COALESCE(team_points, 0) <> own_score,
   FORMAT('team_total: players of %s make %d points, the schedule says %d', team_abbreviation, COALESCE(team_points, 0),
   own_score), NULL)
