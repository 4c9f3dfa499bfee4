-- The teams of the changed games.
SELECT s.home_team_tricode AS {owner}, g.season_year, g.game_date, g.classes, g.{carried}
FROM nba_raw.nbac_schedule AS s
INNER JOIN {due}_games AS g ON g.game_id = s.game_id AND g.game_date = s.game_date
UNION DISTINCT
SELECT s.away_team_tricode AS {owner}, g.season_year, g.game_date, g.classes, g.{carried}
FROM nba_raw.nbac_schedule AS s
INNER JOIN {due}_games AS g ON g.game_id = s.game_id AND g.game_date = s.game_date
