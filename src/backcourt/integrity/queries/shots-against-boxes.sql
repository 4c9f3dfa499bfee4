-- Title: Shot charts that differ from the box score
-- Purpose: Teams' games whose shot chart has other attempts, makes or threes than the box score. Zones are
--   computed only where both agree exactly, so such a game has none. Seasons without any shot chart are left
--   out.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter tolerance INT64 = 0: shots by which both may differ
SELECT
  b.game_date, b.game_id, b.team_abbr,
  b.fg_attempted AS box_attempts, COALESCE(s.attempts, 0) AS chart_attempts,
  b.fg_made AS box_makes, COALESCE(s.makes, 0) AS chart_makes,
  b.three_pt_attempted AS box_threes, COALESCE(s.threes, 0) AS chart_threes
FROM (
  SELECT DISTINCT game_date, game_id, season_year, team_abbr, fg_attempted, fg_made, three_pt_attempted
  FROM nba_raw.nbac_team_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
) AS b
LEFT JOIN (
  SELECT game_id, team_abbr, COUNT(*) AS attempts, COUNTIF(is_made) AS makes, COUNTIF(is_three) AS threes
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id, team_abbr
) AS s ON s.game_id = b.game_id AND s.team_abbr = b.team_abbr
WHERE b.season_year IN (SELECT season_year FROM nba_raw.nbac_shot_chart)
  AND (
    ABS(COALESCE(s.attempts, 0) - b.fg_attempted) > @tolerance
    OR ABS(COALESCE(s.makes, 0) - b.fg_made) > @tolerance
    OR ABS(COALESCE(s.threes, 0) - b.three_pt_attempted) > @tolerance
  )
ORDER BY b.game_date, b.game_id, b.team_abbr
