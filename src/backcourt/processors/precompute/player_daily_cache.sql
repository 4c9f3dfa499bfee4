-- The form of every player of upcoming_player_game_context from day @bootstrap_days on, as of the game's date.
WITH seasons AS ({seasons}),
listed AS (
  SELECT u.*
  FROM nba_analytics.upcoming_player_game_context AS u
  INNER JOIN seasons AS o ON o.season_year = u.season_year
  WHERE u.game_date BETWEEN @start_date AND @end_date
    AND DATE_DIFF(u.game_date, o.opening_day, DAY) >= @bootstrap_days
),
-- @opening_day is the season's first game date: the bound lets BigQuery prune partitions.
team_games AS (
  SELECT
    game_id,
    team_abbr,
    season_year,
    game_date,
    points_scored,
    exact_minutes,
    100 * fg_attempts + 44 * ft_attempts + 100 * turnovers AS plays_x100,
    100 * fg_attempts + 44 * ft_attempts + 100 * turnovers - 100 * offensive_rebounds AS possessions_x100
  FROM nba_analytics.team_offense_game_summary
  WHERE game_date BETWEEN @opening_day AND DATE_SUB(@end_date, INTERVAL 1 DAY)
    AND season_year IN (SELECT season_year FROM listed)
    AND season_type IN {window_types}
),
games AS (
  SELECT
    p.player_id,
    p.season_year,
    p.game_date,
    p.points,
    p.points * p.points AS points_squared,
    p.seconds_played,
    p.ft_makes,
    100 * p.fg_attempts + 44 * p.ft_attempts AS shooting_plays_x100,
    100 * p.fg_attempts + 44 * p.ft_attempts + 100 * p.turnovers AS plays_x100,
    t.plays_x100 AS team_plays_x100,
    t.exact_minutes
  FROM nba_analytics.player_game_summary AS p
  INNER JOIN team_games AS t ON t.game_id = p.game_id AND t.team_abbr = p.team_abbr
  WHERE p.game_date BETWEEN @opening_day AND DATE_SUB(@end_date, INTERVAL 1 DAY)
),
windows AS (
  SELECT
    player_id,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS next_date,
    ROW_NUMBER() OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS games_so_far,
    points AS points_1,
    LAG(points, 1) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS points_2,
    LAG(points, 3) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS points_4,
    LAG(points, 4) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS points_5,
    SUM(points) OVER five AS points_sum_5,
    SUM(points) OVER ten AS points_sum_10,
    SUM(points_squared) OVER ten AS squares_10,
    SUM(seconds_played) OVER ten AS seconds_10,
    SUM(ft_makes) OVER ten AS ft_makes_10,
    SUM(shooting_plays_x100) OVER ten AS shooting_plays_10,
    SUM(plays_x100) OVER ten AS plays_10,
    SUM(team_plays_x100) OVER ten AS team_plays_10,
    SUM(exact_minutes) OVER ten AS minutes_10,
    SUM(points) OVER season AS points_sum_season,
    SUM(seconds_played) OVER season AS seconds_season,
    SUM(plays_x100) OVER season AS plays_season,
    SUM(team_plays_x100) OVER season AS team_plays_season,
    SUM(exact_minutes) OVER season AS minutes_season
  FROM games
  WINDOW
    five AS (PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN 4 PRECEDING AND CURRENT ROW),
    ten AS (PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN 9 PRECEDING AND CURRENT ROW),
    season AS (
      PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),
team_windows AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS next_date,
    SUM(points_scored) OVER ten AS points_10,
    SUM(possessions_x100) OVER ten AS possessions_10,
    SUM(exact_minutes) OVER ten AS minutes_10
  FROM team_games
  WINDOW ten AS (PARTITION BY team_abbr, season_year ORDER BY game_date ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)
),
joined AS (
  SELECT
    l.*,
    w.points_1,
    w.points_2,
    w.points_4,
    w.points_5,
    w.points_sum_5,
    w.points_sum_10,
    w.squares_10,
    w.seconds_10,
    w.ft_makes_10,
    w.shooting_plays_10,
    w.plays_10,
    w.team_plays_10,
    w.minutes_10,
    w.points_sum_season,
    w.seconds_season,
    w.plays_season,
    w.team_plays_season,
    w.minutes_season,
    COALESCE(w.games_so_far, 0) AS n,
    LEAST(w.games_so_far, 10) AS n_10,
    t.points_10 AS team_points_10,
    t.possessions_10 AS team_possessions_10,
    t.minutes_10 AS team_minutes_10,
    z.player_id IS NOT NULL AS has_zones,
    z.primary_scoring_zone,
    z.paint_rate_last_10,
    z.three_pt_rate_last_10,
    z.assisted_rate_last_10
  FROM listed AS l
  LEFT JOIN windows AS w
    ON w.player_id = l.player_id
    AND w.season_year = l.season_year
    AND l.game_date > w.game_date
    AND l.game_date <= COALESCE(w.next_date, DATE '9999-12-31')
  LEFT JOIN team_windows AS t
    ON t.team_abbr = l.team_abbr
    AND t.season_year = l.season_year
    AND l.game_date > t.game_date
    AND l.game_date <= COALESCE(t.next_date, DATE '9999-12-31')
  LEFT JOIN nba_precompute.player_shot_zone_analysis AS z
    ON z.player_id = l.player_id AND z.analysis_date = l.game_date AND z.analysis_date BETWEEN @start_date AND @end_date
)
SELECT
  game_id,
  game_date AS cache_date,
  season_year,
  player_id,
  player_lookup,
  team_abbr,
  SAFE_DIVIDE(points_sum_5, 5) AS points_avg_last_5,
  SAFE_DIVIDE(points_sum_10, n_10) AS points_avg_last_10,
  SAFE_DIVIDE(points_sum_season, n) AS points_avg_season,
  -- Sample deviation from integer sums: sqrt((n * sum of squares - square of sum) / (n * (n - 1))).
  SQRT(SAFE_DIVIDE(n_10 * squares_10 - points_sum_10 * points_sum_10, n_10 * (n_10 - 1))) AS points_std_last_10,
  SAFE_DIVIDE(points_1 + points_2 - points_4 - points_5, 2) AS recent_trend_points,
  SAFE_DIVIDE(seconds_10, 60 * n_10) AS minutes_avg_last_10,
  SAFE_DIVIDE(seconds_season, 60 * n) AS minutes_avg_season,
  SAFE_DIVIDE(1200 * plays_10 * minutes_10, seconds_10 * team_plays_10) AS usage_rate_last_10,
  SAFE_DIVIDE(1200 * plays_season * minutes_season, seconds_season * team_plays_season) AS player_usage_rate_season,
  SAFE_DIVIDE(100 * points_sum_10, 2 * shooting_plays_10) AS ts_pct_last_10,
  SAFE_DIVIDE(ft_makes_10, points_sum_10) AS ft_points_share_last_10,
  n AS games_played_season,
  SAFE_DIVIDE(240 * team_possessions_10, 100 * team_minutes_10) AS team_pace_last_10,
  SAFE_DIVIDE(10000 * team_points_10, team_possessions_10) AS team_off_rating_last_10,
  games_in_last_7_days,
  games_in_last_14_days,
  minutes_in_last_7_days,
  minutes_in_last_14_days,
  avg_minutes_per_game_last_7,
  back_to_backs_last_14_days,
  player_age,
  has_zones AS shot_zone_data_available,
  primary_scoring_zone,
  paint_rate_last_10,
  three_pt_rate_last_10,
  assisted_rate_last_10,
  n < 10 AS early_season_flag,
  CASE WHEN n < 5 THEN 'INSUFFICIENT_DATA' WHEN NOT has_zones THEN 'NO_SHOT_ZONE' END AS failure_category,
  CASE
    WHEN n < 5 THEN CONCAT(FORMAT('%d', n), ' games as of the date, 5 needed')
    WHEN n < 10 THEN CONCAT('no row of player_shot_zone_analysis: ', FORMAT('%d', n), ' games as of the date, 10 needed')
    WHEN NOT has_zones THEN 'no row of player_shot_zone_analysis for 10 games and more'
  END AS failure_reason,
  IF(n < 5, 5, 10) AS expected_game_count,
  LEAST(n, IF(n < 5, 5, 10)) AS actual_game_count,
  IF(n < 5, NULL, n >= 10) AS data_missing
FROM joined
