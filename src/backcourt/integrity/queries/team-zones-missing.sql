-- Title: Dates with player zones and without team zones
-- Purpose: Dates on which player_shot_zone_analysis has rows and team_defense_zone_analysis has none: what is
--   computed from both then lacks the opponent's side and looks plausible. There must be none.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
SELECT p.game_date, p.player_rows, l.status, l.reason, l.row_count AS ledger_rows
FROM (
  SELECT analysis_date AS game_date, COUNT(*) AS player_rows
  FROM nba_precompute.player_shot_zone_analysis
  WHERE analysis_date BETWEEN @start_date AND @end_date
  GROUP BY analysis_date
) AS p
LEFT JOIN nba_precompute.team_defense_zone_analysis AS t
  ON t.analysis_date = p.game_date AND t.analysis_date BETWEEN @start_date AND @end_date
LEFT JOIN nba_processing.backfill_ledger AS l
  ON l.table_name = 'nba_precompute.team_defense_zone_analysis' AND l.game_date = p.game_date
WHERE t.analysis_date IS NULL
ORDER BY p.game_date
