-- The parts of each season: final games, or players, of which each table has rows that count. Without a table's name it
-- is all tables of a part together; 'games' and 'players' are what there is to cover.
WITH games AS (
  SELECT game_id, season_year
  FROM ({counted_games}) AS g
  WHERE game_status = 3 AND (@season = '' OR season = @season)
),
played AS (
  SELECT DISTINCT season_year, player_id
  FROM ({appearances}) AS a
  WHERE season_year IN (SELECT season_year FROM games)
),
rows_of_games AS (
  SELECT 'team lines' AS part, 'nba_raw.nbac_team_boxscore' AS table_name, game_id
  FROM nba_raw.nbac_team_boxscore
  WHERE game_date {within}
  UNION ALL
  SELECT 'player lines', 'nba_raw.nbac_player_boxscore', game_id
  FROM nba_raw.nbac_player_boxscore
  WHERE game_date {within}
  UNION ALL
  SELECT 'player lines', 'nba_raw.nbac_gamebook_player_stats', game_id
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date {within} AND seconds_played > 0
  UNION ALL
  SELECT 'player lines', 'nba_raw.bdl_player_boxscores', game_id
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date {within}
  UNION ALL
  SELECT 'MM:SS and DNP', 'nba_raw.nbac_gamebook_player_stats', game_id
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date {within}
  UNION ALL
  SELECT 'shots', 'nba_raw.nbac_shot_chart', game_id
  FROM nba_raw.nbac_shot_chart
  WHERE game_date {within}
  UNION ALL
  SELECT 'play-by-play', 'nba_raw.nbac_play_by_play', game_id
  FROM nba_raw.nbac_play_by_play
  WHERE game_date {within}
  UNION ALL
  SELECT 'game lines', 'nba_raw.odds_api_game_lines', game_id FROM ({known_lines}) AS l
  UNION ALL
  SELECT 'points lines', 'nba_raw.odds_api_player_points_props', game_id FROM ({known_props}) AS p
  UNION ALL
  SELECT 'injury reports', 'nba_raw.nbac_injury_report', game_id FROM ({known_injuries}) AS i
),
held AS (
  SELECT DISTINCT g.season_year, r.part, r.table_name, r.game_id AS unit
  FROM games AS g
  INNER JOIN rows_of_games AS r ON r.game_id = g.game_id
  UNION ALL
  SELECT season_year, 'schedule', 'nba_raw.nbac_schedule', game_id FROM games
  UNION ALL
  SELECT DISTINCT p.season_year, 'birth dates', 'nba_raw.nbac_player_list_current', FORMAT('%d', p.player_id)
  FROM played AS p
  INNER JOIN nba_raw.nbac_player_list_current AS l ON l.player_id = p.player_id AND l.season_year = p.season_year
  WHERE l.birth_date IS NOT NULL
)
SELECT season_year, part, table_name, COUNT(DISTINCT unit) AS covered FROM held GROUP BY season_year, part, table_name
UNION ALL
SELECT season_year, part, '', COUNT(DISTINCT unit) FROM held GROUP BY season_year, part
UNION ALL
SELECT season_year, 'games', '', COUNT(*) FROM games GROUP BY season_year
UNION ALL
SELECT season_year, 'players', '', COUNT(*) FROM played GROUP BY season_year
