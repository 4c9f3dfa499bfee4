-- The counts of a box score's line, under the names that stats.nba.com gives them.
fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts
