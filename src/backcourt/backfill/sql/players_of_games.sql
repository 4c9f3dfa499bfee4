-- The players of the changed games, by the upstream's rows and by the box scores.
SELECT b.player_id, g.season_year, g.game_date, g.classes, g.{carried}
FROM {upstream} AS b
INNER JOIN {due}_games AS g ON g.game_id = b.game_id AND g.game_date = b.game_date
UNION DISTINCT
SELECT b.player_id, g.season_year, g.game_date, g.classes, g.{carried}
FROM ({appearances}) AS b
INNER JOIN {due}_games AS g ON g.game_id = b.game_id AND g.game_date = b.game_date
