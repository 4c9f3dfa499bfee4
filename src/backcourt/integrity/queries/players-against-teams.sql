-- Title: Games whose players do not add up to the teams
-- Purpose: Games in which the players' box scores of a source and the teams' box score differ; each figure is
--   the players' sum minus the teams'. A player's row is missing, doubled or wrong, or a team's row is.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
WITH teams AS (
  -- A box score that stands there twice is still one; doubled-keys names it.
  SELECT
    game_id,
    game_date,
    SUM(points) AS points,
    SUM(offensive_rebounds) AS offensive_rebounds,
    SUM(assists) AS assists,
    SUM(steals) AS steals,
    SUM(blocks) AS blocks,
    SUM(turnovers) AS turnovers,
    SUM(personal_fouls) AS personal_fouls
  FROM (
    SELECT DISTINCT
      game_id, game_date, team_abbr, points, offensive_rebounds, assists, steals,
      blocks, turnovers, personal_fouls
    FROM nba_raw.nbac_team_boxscore
    WHERE game_date BETWEEN @start_date AND @end_date
  )
  GROUP BY game_id, game_date
),
players AS (
  SELECT
    'nbac_player_boxscore' AS source, game_id, points, offensive_rebounds, assists, steals, blocks,
    turnovers, personal_fouls
  FROM nba_raw.nbac_player_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    'nbac_gamebook_player_stats', game_id, points, offensive_rebounds, assists, steals, blocks,
    turnovers, personal_fouls
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date BETWEEN @start_date AND @end_date
)
SELECT
  t.game_date,
  t.game_id,
  p.source,
  SUM(p.points) - MIN(t.points) AS points,
  SUM(p.offensive_rebounds) - MIN(t.offensive_rebounds) AS offensive_rebounds,
  SUM(p.assists) - MIN(t.assists) AS assists,
  SUM(p.steals) - MIN(t.steals) AS steals,
  SUM(p.blocks) - MIN(t.blocks) AS blocks,
  SUM(p.turnovers) - MIN(t.turnovers) AS turnovers,
  SUM(p.personal_fouls) - MIN(t.personal_fouls) AS personal_fouls
FROM teams AS t
INNER JOIN players AS p ON p.game_id = t.game_id
GROUP BY t.game_date, t.game_id, p.source
HAVING SUM(p.points) <> MIN(t.points)
  OR SUM(p.offensive_rebounds) <> MIN(t.offensive_rebounds)
  OR SUM(p.assists) <> MIN(t.assists)
  OR SUM(p.steals) <> MIN(t.steals)
  OR SUM(p.blocks) <> MIN(t.blocks)
  OR SUM(p.turnovers) <> MIN(t.turnovers)
  OR SUM(p.personal_fouls) <> MIN(t.personal_fouls)
ORDER BY t.game_date, t.game_id, p.source
