-- Title: Final games that a source lacks
-- Purpose: Games that the schedule calls final and of which a raw table has nothing, or fewer than two team
--   rows. A source of which the range has nothing in that season was not loaded, and is not asked for; the box
--   scores always are.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
SELECT
  s.game_date, s.game_id, s.away_team_tricode AS away, s.home_team_tricode AS home,
  COALESCE(t.n, 0) AS team_rows, COALESCE(p.n, 0) AS player_rows, COALESCE(g.n, 0) AS gamebook_rows,
  COALESCE(c.n, 0) AS shots, COALESCE(e.n, 0) AS events
FROM nba_raw.nbac_schedule AS s
LEFT JOIN (
  SELECT game_id, COUNT(*) AS n
  FROM nba_raw.nbac_team_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id
) AS t ON t.game_id = s.game_id
LEFT JOIN (
  SELECT game_id, COUNT(*) AS n
  FROM nba_raw.nbac_player_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id
) AS p ON p.game_id = s.game_id
LEFT JOIN (
  SELECT game_id, COUNT(*) AS n
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id
) AS g ON g.game_id = s.game_id
LEFT JOIN (
  SELECT game_id, COUNT(*) AS n
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id
) AS c ON c.game_id = s.game_id
LEFT JOIN (
  SELECT game_id, COUNT(*) AS n
  FROM nba_raw.nbac_play_by_play
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id
) AS e ON e.game_id = s.game_id
WHERE s.game_date BETWEEN @start_date AND @end_date AND s.game_status = 3
  AND s.season_type IN {counted_types}
QUALIFY COALESCE(t.n, 0) < 2
  OR p.n IS NULL
  OR (g.n IS NULL AND SUM(g.n) OVER (PARTITION BY s.season_year) > 0)
  OR (c.n IS NULL AND SUM(c.n) OVER (PARTITION BY s.season_year) > 0)
  OR (e.n IS NULL AND SUM(e.n) OVER (PARTITION BY s.season_year) > 0)
ORDER BY s.game_date, s.game_id
