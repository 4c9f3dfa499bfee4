-- Rules of every box score's line, whose counts are `who`'s.
IF(fgm > fga OR fg3m > fg3a OR ftm > fta,
   FORMAT('made_over_attempted: %s field goals %d/%d, threes %d/%d, free throws %d/%d', who, fgm, fga, fg3m, fg3a,
   ftm, fta), NULL),
IF(fg3m > fgm OR fg3a > fga,
   FORMAT('threes_within_field_goals: %s threes %d/%d of field goals %d/%d', who, fg3m, fg3a, fgm, fga), NULL),
IF(oreb + dreb <> reb, FORMAT('rebounds_add_up: %s %d + %d is not %d', who, oreb, dreb, reb), NULL),
IF(pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm,
   FORMAT('points_add_up: %s %d points, the shots make %d', who, pts, 2 * (fgm - fg3m) + 3 * fg3m + ftm), NULL)
