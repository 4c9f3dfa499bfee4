-- The best of a regular season in points, rebounds and assists a game, of those with enough games or a large enough
-- total, as the league counts it in 82 games; shorter seasons want the same share.
WITH lines AS (
  SELECT player_id, player_full_name, points, offensive_rebounds + defensive_rebounds AS rebounds, assists
  FROM nba_analytics.player_game_summary
  WHERE season_year = @season_year AND season_type = 'Regular Season' AND game_date BETWEEN @start_date AND @end_date
),
sides AS (
  SELECT MAX(games) AS games
  FROM (
    SELECT team_abbr, COUNT(*) AS games
    FROM nba_analytics.team_offense_game_summary
    WHERE season_year = @season_year AND season_type = 'Regular Season' AND game_date BETWEEN @start_date AND @end_date
    GROUP BY team_abbr
  )
),
totals AS (
  SELECT
    player_id, MAX(player_full_name) AS player, COUNT(*) AS games, SUM(points) AS points, SUM(rebounds) AS rebounds,
    SUM(assists) AS assists
  FROM lines
  GROUP BY player_id
),
figures AS (
  SELECT 'points' AS figure, player_id, player, games, points AS total, 1400 AS enough FROM totals
  UNION ALL
  SELECT 'rebounds', player_id, player, games, rebounds, 800 FROM totals
  UNION ALL
  SELECT 'assists', player_id, player, games, assists, 400 FROM totals
),
enough AS (
  SELECT f.figure, f.player_id, f.player, f.games, f.total, SAFE_DIVIDE(f.total, f.games) AS per_game
  FROM figures AS f
  CROSS JOIN sides AS s
  WHERE 82 * f.games >= 58 * s.games OR 82 * f.total >= f.enough * s.games
)
SELECT figure, player, games, total, ROUND(per_game, 1) AS average
FROM enough
QUALIFY ROW_NUMBER() OVER (PARTITION BY figure ORDER BY per_game DESC, player_id) <= 3
ORDER BY figure DESC, per_game DESC, player_id
