-- What is known of every listed player before each game of the range, planned or final; a postponed one (4) is none.
-- Candidates: the teams' rosters as of the date less those ruled out, and whoever played without being so listed.
-- Everything but the row's existence is computed from games before its date.
WITH fixtures AS (
  SELECT * FROM ({sides}) AS s
),
-- @opening_day is the season's first game date: the bound lets BigQuery prune partitions.
appearances AS (
  SELECT
    p.player_id,
    p.player_lookup,
    p.player_full_name,
    p.team_abbr,
    p.game_id,
    p.game_date,
    p.season_year,
    p.season_type,
    p.seconds_played,
    p.points,
    100 * p.fg_attempts + 44 * p.ft_attempts + 100 * p.turnovers AS plays_x100,
    t.exact_minutes,
    100 * t.fg_attempts + 44 * t.ft_attempts + 100 * t.turnovers AS team_plays_x100
  FROM nba_analytics.player_game_summary AS p
  INNER JOIN nba_analytics.team_offense_game_summary AS t ON t.game_id = p.game_id AND t.team_abbr = p.team_abbr
  WHERE p.game_date BETWEEN @opening_day AND @end_date
    AND t.game_date BETWEEN @opening_day AND @end_date
    AND p.season_year IN (SELECT season_year FROM fixtures)
),
-- Every game counts for rest; the Cup final counts in no window. The last game also says how the NBA prints the name.
rest AS (
  SELECT
    player_id,
    player_lookup,
    player_full_name,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS next_date
  FROM appearances
),
form AS (
  SELECT
    player_id,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS next_date,
    ROW_NUMBER() OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS games,
    SUM(seconds_played) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS seconds_season,
    SUM(points) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS points_5,
    SUM(points) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS points_10,
    SUM(plays_x100) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS plays_5,
    SUM(exact_minutes) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS minutes_5,
    SUM(seconds_played) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS seconds_5,
    SUM(team_plays_x100) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS team_plays_5,
    SUM(plays_x100) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS plays_20,
    SUM(exact_minutes) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS minutes_20,
    SUM(seconds_played) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS seconds_20,
    SUM(team_plays_x100) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS team_plays_20,
    SUM(plays_x100) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS plays_season,
    SUM(exact_minutes) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS minutes_season,
    SUM(team_plays_x100) OVER (PARTITION BY player_id, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS team_plays_season
  FROM appearances
  WHERE season_type IN {window_types}
),
roster AS ({rosters}),
injuries AS ({known_injuries}),
unnamed AS ({unnamed_status}),
team_games AS (
  SELECT team_abbr, season_year, game_date, season_type
  FROM ({all sides}) AS s
  WHERE game_status = 3 AND season_year IN (SELECT season_year FROM fixtures) AND game_date <= @end_date
),
team_rest AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS next_date
  FROM team_games
),
-- The team's two most used regulars as of the date, whether or not they play.
stars AS (
  SELECT r.game_id, r.team_abbr, r.player_id, r.is_out
  FROM roster AS r
  INNER JOIN form AS s
    ON s.player_id = r.player_id
    AND s.season_year = r.season_year
    AND r.game_date > s.game_date
    AND r.game_date <= COALESCE(s.next_date, DATE '9999-12-31')
  WHERE s.seconds_season >= 1200 * s.games
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY r.game_id, r.team_abbr
    ORDER BY SAFE_DIVIDE(s.plays_season * s.minutes_season, s.seconds_season * s.team_plays_season) DESC, r.player_id
  ) <= 2
),
stars_out AS (
  SELECT game_id, team_abbr, COUNTIF(is_out) AS n FROM stars GROUP BY game_id, team_abbr
),
listed AS (
  SELECT
    f.game_id, f.game_date, f.season_year, f.season_type, f.team_abbr, f.opponent_team_abbr, f.home_game, r.player_id,
    r.player_lookup, r.player_full_name, r.player_status, 'roster' AS listing
  FROM fixtures AS f
  INNER JOIN roster AS r ON r.game_id = f.game_id AND r.team_abbr = f.team_abbr
  WHERE COALESCE(r.player_status, 'available') <> 'out'
  UNION ALL
  SELECT
    f.game_id, f.game_date, f.season_year, f.season_type, f.team_abbr, f.opponent_team_abbr, f.home_game, a.player_id,
    a.player_lookup, a.player_full_name, COALESCE(i.injury_status, u.player_status), 'box_score'
  FROM fixtures AS f
  INNER JOIN appearances AS a ON a.game_id = f.game_id AND a.team_abbr = f.team_abbr
  LEFT JOIN injuries AS i ON i.game_id = f.game_id AND i.player_id = a.player_id
  LEFT JOIN unnamed AS u ON u.game_id = f.game_id AND u.team_abbr = f.team_abbr
  LEFT JOIN roster AS o ON o.game_id = f.game_id AND o.player_id = a.player_id
  WHERE o.player_id IS NULL OR COALESCE(o.player_status, 'available') = 'out'
),
loads AS (
  SELECT
    l.game_id,
    l.player_id,
    COUNTIF(DATE_DIFF(l.game_date, a.game_date, DAY) <= 7) AS games_7,
    COUNT(*) AS games_14,
    SUM(IF(DATE_DIFF(l.game_date, a.game_date, DAY) <= 7, a.seconds_played, 0)) AS seconds_7,
    SUM(a.seconds_played) AS seconds_14,
    COUNTIF(a.previous_date = DATE_SUB(a.game_date, INTERVAL 1 DAY)
      AND DATE_DIFF(l.game_date, a.previous_date, DAY) <= 14) AS back_to_backs_14
  FROM listed AS l
  INNER JOIN (
    SELECT
      player_id,
      season_year,
      game_date,
      seconds_played,
      LAG(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS previous_date
    FROM appearances
    WHERE season_type IN {window_types}
  ) AS a
    ON a.player_id = l.player_id
    AND a.season_year = l.season_year
    AND a.game_date < l.game_date
    AND a.game_date >= DATE_SUB(l.game_date, INTERVAL 14 DAY)
  GROUP BY l.game_id, l.player_id
),
team_pace AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS next_date,
    SUM(possessions_x100) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS possessions_10,
    SUM(exact_minutes) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS minutes_10
  FROM (
    SELECT
      team_abbr, season_year, game_date, exact_minutes,
      100 * fg_attempts + 44 * ft_attempts + 100 * turnovers - 100 * offensive_rebounds AS possessions_x100
    FROM nba_analytics.team_offense_game_summary
    WHERE game_date BETWEEN @opening_day AND DATE_SUB(@end_date, INTERVAL 1 DAY)
      AND season_year IN (SELECT season_year FROM fixtures)
      AND season_type IN {window_types}
  )
),
league_pace AS (
  SELECT
    f.game_date,
    f.season_year,
    SAFE_DIVIDE(
      240 * SUM(100 * t.fg_attempts + 44 * t.ft_attempts + 100 * t.turnovers - 100 * t.offensive_rebounds),
      100 * SUM(t.exact_minutes)
    ) AS pace
  FROM (SELECT DISTINCT game_date, season_year FROM fixtures) AS f
  INNER JOIN nba_analytics.team_offense_game_summary AS t
    ON t.season_year = f.season_year AND t.game_date < f.game_date
  WHERE t.game_date BETWEEN @opening_day AND DATE_SUB(@end_date, INTERVAL 1 DAY)
    AND t.season_type IN {window_types}
  GROUP BY f.game_date, f.season_year
),
births AS (
  SELECT player_id, season_year, birth_date
  FROM nba_raw.nbac_player_list_current
  WHERE birth_date IS NOT NULL
),
props AS (
  SELECT
    p.game_id,
    p.player_id,
    ARRAY_AGG(p.points_line ORDER BY p.snapshot_timestamp DESC, p.bookmaker LIMIT 1)[OFFSET(0)] AS closing,
    ARRAY_AGG(p.points_line ORDER BY p.snapshot_timestamp, p.bookmaker LIMIT 1)[OFFSET(0)] AS opening
  FROM ({known_props}) AS p
  GROUP BY p.game_id, p.player_id
),
-- A line of a name whose player is not known yet may be anybody's.
priced_games AS (SELECT game_id, LOGICAL_OR(player_id IS NULL) AS has_unnamed FROM props GROUP BY game_id)
SELECT
  l.game_id,
  l.game_date,
  l.season_year,
  l.season_type,
  l.player_id,
  COALESCE(rest.player_lookup, l.player_lookup) AS player_lookup,
  COALESCE(rest.player_full_name, l.player_full_name) AS player_full_name,
  l.team_abbr,
  l.opponent_team_abbr,
  l.home_game,
  l.listing,
  DATE_DIFF(l.game_date, rest.game_date, DAY) AS days_rest,
  COALESCE(DATE_DIFF(l.game_date, rest.game_date, DAY) = 1, FALSE) AS back_to_back,
  DATE_DIFF(l.game_date, opponent.game_date, DAY) AS opponent_days_rest,
  COALESCE(w.games_7, 0) AS games_in_last_7_days,
  COALESCE(w.games_14, 0) AS games_in_last_14_days,
  SAFE_DIVIDE(COALESCE(w.seconds_7, 0), 60) AS minutes_in_last_7_days,
  SAFE_DIVIDE(COALESCE(w.seconds_14, 0), 60) AS minutes_in_last_14_days,
  SAFE_DIVIDE(w.seconds_7, 60 * w.games_7) AS avg_minutes_per_game_last_7,
  COALESCE(w.back_to_backs_14, 0) AS back_to_backs_last_14_days,
  COALESCE(s.games, 0) AS games_played_season,
  LEAST(COALESCE(s.games, 0), 5) AS l5_games_used,
  LEAST(COALESCE(s.games, 0), 10) AS l10_games_used,
  SAFE_DIVIDE(s.points_5, LEAST(s.games, 5)) AS points_avg_last_5,
  SAFE_DIVIDE(s.points_10, LEAST(s.games, 10)) AS points_avg_last_10,
  SAFE_DIVIDE(1200 * s.plays_20 * s.minutes_20, s.seconds_20 * s.team_plays_20) AS baseline_usage_rate,
  SAFE_DIVIDE(1200 * s.plays_5 * s.minutes_5, s.seconds_5 * s.team_plays_5) AS projected_usage_rate,
  SAFE_DIVIDE(240 * tp.possessions_10, 100 * tp.minutes_10) AS opponent_pace_last_10,
  SAFE_DIVIDE(240 * tp.possessions_10, 100 * tp.minutes_10) - lp.pace AS pace_differential,
  EXTRACT(YEAR FROM l.game_date) - EXTRACT(YEAR FROM b.birth_date) - IF(
    100 * EXTRACT(MONTH FROM l.game_date) + EXTRACT(DAY FROM l.game_date)
    < 100 * EXTRACT(MONTH FROM b.birth_date) + EXTRACT(DAY FROM b.birth_date), 1, 0
  ) AS player_age,
  l.player_status,
  COALESCE(so.n, 0) - IF(COALESCE(me.is_out, FALSE), 1, 0) AS star_teammates_out,
  IF(p.closing IS NULL AND COALESCE(pg.has_unnamed, TRUE), NULL, p.closing IS NOT NULL) AS has_prop_line,
  p.closing AS current_points_line,
  p.opening AS opening_points_line,
  CAST(NULL AS STRING) AS failure_category,
  CAST(NULL AS STRING) AS failure_reason,
  1 AS expected_game_count,
  1 AS actual_game_count,
  CAST(NULL AS BOOL) AS data_missing
FROM listed AS l
LEFT JOIN rest
  ON rest.player_id = l.player_id
  AND rest.season_year = l.season_year
  AND l.game_date > rest.game_date
  AND l.game_date <= COALESCE(rest.next_date, DATE '9999-12-31')
LEFT JOIN form AS s
  ON s.player_id = l.player_id
  AND s.season_year = l.season_year
  AND l.game_date > s.game_date
  AND l.game_date <= COALESCE(s.next_date, DATE '9999-12-31')
LEFT JOIN loads AS w ON w.game_id = l.game_id AND w.player_id = l.player_id
LEFT JOIN team_rest AS opponent
  ON opponent.team_abbr = l.opponent_team_abbr
  AND opponent.season_year = l.season_year
  AND l.game_date > opponent.game_date
  AND l.game_date <= COALESCE(opponent.next_date, DATE '9999-12-31')
LEFT JOIN team_pace AS tp
  ON tp.team_abbr = l.opponent_team_abbr
  AND tp.season_year = l.season_year
  AND l.game_date > tp.game_date
  AND l.game_date <= COALESCE(tp.next_date, DATE '9999-12-31')
LEFT JOIN league_pace AS lp ON lp.game_date = l.game_date AND lp.season_year = l.season_year
LEFT JOIN births AS b ON b.player_id = l.player_id AND b.season_year = l.season_year
LEFT JOIN stars_out AS so ON so.game_id = l.game_id AND so.team_abbr = l.team_abbr
LEFT JOIN stars AS me ON me.game_id = l.game_id AND me.player_id = l.player_id
LEFT JOIN props AS p ON p.game_id = l.game_id AND p.player_id = l.player_id
LEFT JOIN priced_games AS pg ON pg.game_id = l.game_id
