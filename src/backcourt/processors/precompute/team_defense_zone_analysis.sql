-- How every team defends each zone as of each game date of the range, over its newest 15 games (at least 5).
-- Candidates: every team of the season on every game date from day @bootstrap_days on.
WITH spine AS (
  SELECT game_date AS analysis_date, season_year
  FROM ({scheduled_dates}) AS d
  WHERE day_number >= @bootstrap_days
),
teams AS (
  SELECT DISTINCT season_year, home_team_tricode AS team_abbr
  FROM nba_raw.nbac_schedule
  WHERE season_type = 'Regular Season'
),
scheduled AS (
  SELECT p.analysis_date, t.team_abbr, COUNT(*) AS final_games
  FROM spine AS p
  INNER JOIN teams AS t ON t.season_year = p.season_year
  INNER JOIN ({all final_sides}) AS g
    ON g.season_year = p.season_year AND g.game_date < p.analysis_date AND g.team_abbr = t.team_abbr
  WHERE g.season_type IN {window_types}
  GROUP BY p.analysis_date, t.team_abbr
),
-- @opening_day is the season's first game date: the bound lets BigQuery prune partitions.
games AS (
  SELECT
    defending_team_abbr AS team_abbr,
    season_year,
    game_date,
    points_allowed,
    100 * opp_fg_attempts + 44 * opp_ft_attempts + 100 * turnovers_forced - 100 * opp_offensive_rebounds
      AS possessions_x100,
    exact_minutes,
    opp_paint_attempts,
    opp_paint_makes,
    opp_mid_range_attempts,
    opp_mid_range_makes,
    opp_three_pt_attempts,
    opp_three_pt_makes,
    blocks_paint,
    blocks_mid_range,
    blocks_three_pt
  FROM nba_analytics.team_defense_game_summary
  WHERE game_date BETWEEN @opening_day AND DATE_SUB(@end_date, INTERVAL 1 DAY)
    AND season_year IN (SELECT season_year FROM spine)
    AND season_type IN {window_types}
),
windows AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS next_date,
    COUNT(*) OVER newest AS n,
    COUNT(opp_paint_attempts) OVER newest AS zone_n,
    COUNT(blocks_paint) OVER newest AS block_n,
    SUM(points_allowed) OVER newest AS points,
    SUM(possessions_x100) OVER newest AS possessions_x100,
    SUM(exact_minutes) OVER newest AS minutes,
    SUM(opp_paint_attempts) OVER newest AS paint_attempts,
    SUM(opp_paint_makes) OVER newest AS paint_makes,
    SUM(opp_mid_range_attempts) OVER newest AS mid_range_attempts,
    SUM(opp_mid_range_makes) OVER newest AS mid_range_makes,
    SUM(opp_three_pt_attempts) OVER newest AS three_pt_attempts,
    SUM(opp_three_pt_makes) OVER newest AS three_pt_makes,
    SUM(blocks_paint) OVER newest AS blocks_paint,
    SUM(blocks_mid_range) OVER newest AS blocks_mid_range,
    SUM(blocks_three_pt) OVER newest AS blocks_three_pt
  FROM games
  WINDOW newest AS (
    PARTITION BY team_abbr, season_year ORDER BY game_date ROWS BETWEEN 14 PRECEDING AND CURRENT ROW
  )
),
-- The league's level: teams with 5 games in the last 30 days, each counting once. Each share is turned into an
-- integer of 1e-9 before the mean, so that the order of summing cannot show.
recent AS (
  SELECT
    p.analysis_date,
    g.team_abbr,
    CAST(ROUND(1000000000 * SAFE_DIVIDE(SUM(g.opp_paint_makes), SUM(g.opp_paint_attempts))) AS INT64) AS paint,
    CAST(ROUND(1000000000 * SAFE_DIVIDE(SUM(g.opp_mid_range_makes), SUM(g.opp_mid_range_attempts))) AS INT64)
      AS mid_range,
    CAST(ROUND(1000000000 * SAFE_DIVIDE(SUM(g.opp_three_pt_makes), SUM(g.opp_three_pt_attempts))) AS INT64)
      AS three_pt
  FROM spine AS p
  INNER JOIN games AS g
    ON g.season_year = p.season_year
    AND g.game_date < p.analysis_date
    AND g.game_date >= DATE_SUB(p.analysis_date, INTERVAL 30 DAY)
  GROUP BY p.analysis_date, g.team_abbr
  HAVING COUNT(*) >= 5
),
league AS (
  SELECT
    analysis_date,
    SAFE_DIVIDE(SUM(paint), 1000000000 * COUNT(paint)) AS paint,
    SAFE_DIVIDE(SUM(mid_range), 1000000000 * COUNT(mid_range)) AS mid_range,
    SAFE_DIVIDE(SUM(three_pt), 1000000000 * COUNT(three_pt)) AS three_pt
  FROM recent
  GROUP BY analysis_date
),
rated AS (
  SELECT
    p.analysis_date,
    p.season_year,
    t.team_abbr,
    COALESCE(w.n, 0) AS n,
    COALESCE(c.final_games, 0) AS final_games,
    COALESCE(w.zone_n, 0) AS zone_n,
    w.block_n,
    w.points,
    w.possessions_x100,
    w.minutes,
    w.paint_attempts,
    w.paint_makes,
    w.mid_range_attempts,
    w.three_pt_attempts,
    w.blocks_paint,
    w.blocks_mid_range,
    w.blocks_three_pt,
    SAFE_DIVIDE(w.paint_makes, w.paint_attempts) AS paint_pct,
    SAFE_DIVIDE(w.mid_range_makes, w.mid_range_attempts) AS mid_range_pct,
    SAFE_DIVIDE(w.three_pt_makes, w.three_pt_attempts) AS three_pt_pct,
    100 * (SAFE_DIVIDE(w.paint_makes, w.paint_attempts) - COALESCE(l.paint, 0.565)) AS paint_vs_league,
    100 * (SAFE_DIVIDE(w.mid_range_makes, w.mid_range_attempts) - COALESCE(l.mid_range, 0.410)) AS mid_range_vs_league,
    100 * (SAFE_DIVIDE(w.three_pt_makes, w.three_pt_attempts) - COALESCE(l.three_pt, 0.352)) AS three_pt_vs_league
  FROM spine AS p
  INNER JOIN teams AS t ON t.season_year = p.season_year
  LEFT JOIN scheduled AS c ON c.analysis_date = p.analysis_date AND c.team_abbr = t.team_abbr
  LEFT JOIN windows AS w
    ON w.team_abbr = t.team_abbr
    AND w.season_year = p.season_year
    AND p.analysis_date > w.game_date
    AND p.analysis_date <= COALESCE(w.next_date, DATE '9999-12-31')
  LEFT JOIN league AS l ON l.analysis_date = p.analysis_date
)
SELECT
  team_abbr,
  analysis_date,
  season_year,
  paint_pct AS paint_pct_allowed_last_15,
  SAFE_DIVIDE(paint_attempts, zone_n) AS paint_attempts_allowed_per_game,
  SAFE_DIVIDE(2 * paint_makes, zone_n) AS paint_points_allowed_per_game,
  SAFE_DIVIDE(blocks_paint, block_n) AS paint_blocks_per_game,
  paint_vs_league AS paint_defense_vs_league_avg,
  mid_range_pct AS mid_range_pct_allowed_last_15,
  SAFE_DIVIDE(mid_range_attempts, zone_n) AS mid_range_attempts_allowed_per_game,
  SAFE_DIVIDE(blocks_mid_range, block_n) AS mid_range_blocks_per_game,
  mid_range_vs_league AS mid_range_defense_vs_league_avg,
  three_pt_pct AS three_pt_pct_allowed_last_15,
  SAFE_DIVIDE(three_pt_attempts, n) AS three_pt_attempts_allowed_per_game,
  SAFE_DIVIDE(blocks_three_pt, block_n) AS three_pt_blocks_per_game,
  three_pt_vs_league AS three_pt_defense_vs_league_avg,
  SAFE_DIVIDE(10000 * points, possessions_x100) AS defensive_rating_last_15,
  SAFE_DIVIDE(points, n) AS opponent_points_per_game,
  SAFE_DIVIDE(240 * possessions_x100, 100 * minutes) AS opponent_pace,
  n AS games_in_sample,
  zone_n AS zone_games_in_sample,
  CASE
    WHEN paint_vs_league <= LEAST(mid_range_vs_league, three_pt_vs_league) THEN 'paint'
    WHEN mid_range_vs_league <= LEAST(paint_vs_league, three_pt_vs_league) THEN 'mid_range'
    WHEN three_pt_vs_league <= LEAST(paint_vs_league, mid_range_vs_league) THEN 'perimeter'
  END AS strongest_zone,
  CASE
    WHEN paint_vs_league >= GREATEST(mid_range_vs_league, three_pt_vs_league) THEN 'paint'
    WHEN mid_range_vs_league >= GREATEST(paint_vs_league, three_pt_vs_league) THEN 'mid_range'
    WHEN three_pt_vs_league >= GREATEST(paint_vs_league, mid_range_vs_league) THEN 'perimeter'
  END AS weakest_zone,
  CASE WHEN n >= 15 THEN 'high' WHEN n >= 10 THEN 'medium' ELSE 'low' END AS data_quality_tier,
  CASE WHEN n = 0 AND final_games > 0 THEN 'MISSING_DEPENDENCY' WHEN n < 5 THEN 'INSUFFICIENT_DATA' END
    AS failure_category,
  CASE
    WHEN n = 0 AND final_games > 0
      THEN CONCAT('no row of team_defense_game_summary for the newest ', FORMAT('%d', LEAST(final_games, 15)), ' games')
    WHEN n < 5 AND final_games > n
      THEN CONCAT(FORMAT('%d', n), ' games as of the date, 5 needed; ', FORMAT('%d', final_games), ' were played')
    WHEN n < 5 THEN CONCAT(FORMAT('%d', n), ' games as of the date, 5 needed')
  END AS failure_reason,
  IF(n < 5 AND (n > 0 OR final_games = 0), 5, LEAST(final_games, 15)) AS expected_game_count,
  n AS actual_game_count,
  IF(n < 5 AND (n > 0 OR final_games = 0), final_games >= 5, NULL) AS data_missing
FROM rated
