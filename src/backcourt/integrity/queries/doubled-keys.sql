-- Title: Keys that stand twice in a raw table
-- Purpose: Rows of one key in the raw tables that computations read: a file loaded twice past its key doubles
--   every sum built on it. There must be none. The player list has no dates and is always looked at.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter limit INT64 = 100: rows at most, the earliest first
SELECT table_name, game_date, row_key, COUNT(*) AS copies
FROM (
  SELECT 'nbac_schedule' AS table_name, game_date, game_id AS row_key
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'nbac_team_boxscore', game_date, CONCAT(game_id, '|', team_abbr)
  FROM nba_raw.nbac_team_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'nbac_player_boxscore', game_date, CONCAT(game_id, '|', FORMAT('%d', player_id))
  FROM nba_raw.nbac_player_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'nbac_gamebook_player_stats', game_date, CONCAT(game_id, '|', FORMAT('%d', player_id))
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'bdl_player_boxscores', game_date, CONCAT(game_id, '|', player_lookup)
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'nbac_shot_chart', game_date, CONCAT(game_id, '|', FORMAT('%d', event_id))
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'nbac_play_by_play', game_date, CONCAT(game_id, '|', FORMAT('%d', event_id))
  FROM nba_raw.nbac_play_by_play
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    'nbac_injury_report', game_date,
    CONCAT(FORMAT_DATE('%Y-%m-%d', report_date), '|', FORMAT('%d', report_hour), '|', game_id, '|', player_lookup)
  FROM nba_raw.nbac_injury_report
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    'odds_api_player_points_props', game_date,
    CONCAT(
      game_id, '|', player_lookup, '|', bookmaker, '|', FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S', snapshot_timestamp)
    )
  FROM nba_raw.odds_api_player_points_props
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    'odds_api_game_lines', game_date,
    CONCAT(
      game_id, '|', bookmaker_key, '|', market_key, '|', outcome_name, '|',
      FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S', snapshot_timestamp)
    )
  FROM nba_raw.odds_api_game_lines
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT 'espn_team_rosters', roster_date, CONCAT(FORMAT('%d', scrape_hour), '|', team_abbr, '|', player_lookup)
  FROM nba_raw.espn_team_rosters
  WHERE roster_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    'nbac_player_list_current', CAST(NULL AS DATE), CONCAT(FORMAT('%d', season_year), '|', FORMAT('%d', player_id))
  FROM nba_raw.nbac_player_list_current
)
GROUP BY table_name, game_date, row_key
HAVING COUNT(*) > 1
ORDER BY game_date, table_name, row_key
LIMIT @limit
