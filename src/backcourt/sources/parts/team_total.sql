-- What the players of a team make is its score in the schedule.
IF(in_game AND team_points <> own_score,
   FORMAT('team_total: players of %s make %d points, the schedule says %d', team_abbreviation, team_points, own_score),
   NULL)
