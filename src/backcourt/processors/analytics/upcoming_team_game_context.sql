-- What is known of both teams before each game of the range, planned or final; a postponed one (4) is none.
WITH schedule AS (
  SELECT *
  FROM ({all sides}) AS s
  WHERE game_date BETWEEN @opening_day AND @end_date
),
fixtures AS (
  SELECT * FROM schedule WHERE game_date BETWEEN @start_date AND @end_date
),
played AS (
  SELECT *
  FROM schedule
  WHERE game_status = 3 AND season_year IN (SELECT season_year FROM fixtures)
),
-- Rest and travel look at every game, the Cup final included.
trips AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    latitude,
    longitude,
    place_basis,
    LEAD(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS next_date
  FROM played
),
counted AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    margin,
    LEAD(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS next_date,
    LAG(game_date, 9) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS tenth_last_date,
    ROW_NUMBER() OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS games
  FROM played
  WHERE season_type IN {window_types}
),
records AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    next_date,
    tenth_last_date,
    margin,
    games,
    SUM(IF(margin > 0, 1, 0)) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS wins,
    games - COALESCE(MAX(IF(margin < 0, games, NULL)) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), 0) AS win_streak,
    games - COALESCE(MAX(IF(margin > 0, games, NULL)) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), 0) AS loss_streak
  FROM counted
),
-- Each fixture with the team's record after its last game.
situations AS (
  SELECT
    f.*,
    r.game_date AS last_date,
    r.tenth_last_date,
    r.margin AS last_margin,
    r.games,
    r.wins,
    r.win_streak,
    r.loss_streak
  FROM fixtures AS f
  LEFT JOIN records AS r
    ON r.team_abbr = f.team_abbr
    AND r.season_year = f.season_year
    AND f.game_date > r.game_date
    AND f.game_date <= COALESCE(r.next_date, DATE '9999-12-31')
),
loads AS (
  SELECT
    f.game_id,
    f.team_abbr,
    COUNTIF(DATE_DIFF(f.game_date, c.game_date, DAY) <= 7) AS games_7,
    COUNT(*) AS games_14
  FROM fixtures AS f
  INNER JOIN counted AS c
    ON c.team_abbr = f.team_abbr
    AND c.season_year = f.season_year
    AND c.game_date < f.game_date
    AND c.game_date >= DATE_SUB(f.game_date, INTERVAL 14 DAY)
  GROUP BY f.game_id, f.team_abbr
),
injuries AS ({known_injuries}),
reports AS (
  SELECT game_id, COUNT(*) AS n FROM injuries GROUP BY game_id
),
questionable AS (
  SELECT game_id, team, COUNTIF(injury_status IN ('questionable', 'doubtful')) AS n
  FROM injuries
  GROUP BY game_id, team
),
appearances AS (
  SELECT player_id, team_abbr, season_year, game_date, starter_flag
  FROM nba_analytics.player_game_summary
  WHERE game_date BETWEEN @opening_day AND DATE_SUB(@end_date, INTERVAL 1 DAY)
    AND season_year IN (SELECT season_year FROM fixtures)
    AND season_type IN {window_types}
),
-- Usual starters: at least half of the starts in the team's last 10 games.
starts AS (
  SELECT
    f.game_id,
    f.team_abbr,
    a.player_id,
    COUNTIF(a.starter_flag) AS starts,
    COUNT(a.starter_flag) AS known
  FROM situations AS f
  INNER JOIN appearances AS a
    ON a.team_abbr = f.team_abbr
    AND a.season_year = f.season_year
    AND a.game_date >= f.tenth_last_date
    AND a.game_date < f.game_date
  GROUP BY f.game_id, f.team_abbr, a.player_id
),
-- Of the men of the roster: who has left the team is not out.
starters_out AS (
  SELECT s.game_id, s.team_abbr, COUNTIF(r.is_out) AS n
  FROM starts AS s
  INNER JOIN ({rosters}) AS r ON r.game_id = s.game_id AND r.team_abbr = s.team_abbr AND r.player_id = s.player_id
  WHERE s.starts >= 5
  GROUP BY s.game_id, s.team_abbr
),
starter_knowledge AS (
  SELECT game_id, team_abbr, MAX(known) AS n FROM starts GROUP BY game_id, team_abbr
),
quotes AS (
  SELECT game_id, market_key, outcome_name, CAST(ROUND(2 * outcome_point) AS INT64) AS half_points
  FROM ({known_lines})
),
lines AS (
  SELECT
    game_id, market_key, outcome_name, SAFE_DIVIDE(SUM(half_points), 2 * COUNT(*)) AS point
  FROM quotes
  GROUP BY game_id, market_key, outcome_name
)
SELECT
  f.game_id,
  f.game_date,
  f.season_year,
  f.season_type,
  f.team_abbr,
  f.opponent_team_abbr,
  f.home_game,
  DATE_DIFF(f.game_date, t.game_date, DAY) AS team_days_rest,
  COALESCE(DATE_DIFF(f.game_date, t.game_date, DAY) = 1, FALSE) AS team_back_to_back,
  COALESCE(w.games_7, 0) AS games_in_last_7_days,
  COALESCE(w.games_14, 0) AS games_in_last_14_days,
  COALESCE(f.games, 0) + 1 AS game_number_in_season,
  COALESCE(f.wins, 0) AS wins_entering,
  COALESCE(f.games - f.wins, 0) AS losses_entering,
  COALESCE(f.win_streak, 0) AS team_win_streak_entering,
  COALESCE(f.loss_streak, 0) AS team_loss_streak_entering,
  f.last_margin AS last_game_margin,
  CASE WHEN f.last_margin > 0 THEN 'W' WHEN f.last_margin < 0 THEN 'L' END AS last_game_result,
  -- Haversine on a sphere of 3,958.8 miles; 0.01745329251994329577 is pi / 180.
  CAST(ROUND(2 * 3958.8 * ASIN(SQRT(LEAST(1.0,
    POW(SIN(0.5 * 0.01745329251994329577 * (f.latitude - t.latitude)), 2)
    + COS(0.01745329251994329577 * f.latitude) * COS(0.01745329251994329577 * t.latitude)
    * POW(SIN(0.5 * 0.01745329251994329577 * (f.longitude - t.longitude)), 2)
  )))) AS INT64) AS travel_miles,
  CASE
    WHEN t.game_date IS NULL THEN 'first_game'
    WHEN f.latitude IS NULL THEN COALESCE(f.place_basis, 'not_loaded')
    WHEN t.latitude IS NULL THEN COALESCE(t.place_basis, 'not_loaded')
  END AS travel_unknown_reason,
  IF(k.n > 0, COALESCE(o.n, 0), NULL) AS starters_out_count,
  IF(p.n > 0, COALESCE(q.n, 0), NULL) AS questionable_players_count,
  spread.point AS game_spread,
  total.point AS game_total,
  CAST(NULL AS STRING) AS failure_category,
  CAST(NULL AS STRING) AS failure_reason,
  1 AS expected_game_count,
  1 AS actual_game_count,
  CAST(NULL AS BOOL) AS data_missing
FROM situations AS f
LEFT JOIN trips AS t
  ON t.team_abbr = f.team_abbr
  AND t.season_year = f.season_year
  AND f.game_date > t.game_date
  AND f.game_date <= COALESCE(t.next_date, DATE '9999-12-31')
LEFT JOIN loads AS w ON w.game_id = f.game_id AND w.team_abbr = f.team_abbr
LEFT JOIN reports AS p ON p.game_id = f.game_id
LEFT JOIN questionable AS q ON q.game_id = f.game_id AND q.team = f.team_abbr
LEFT JOIN starters_out AS o ON o.game_id = f.game_id AND o.team_abbr = f.team_abbr
LEFT JOIN starter_knowledge AS k ON k.game_id = f.game_id AND k.team_abbr = f.team_abbr
LEFT JOIN lines AS spread
  ON spread.game_id = f.game_id AND spread.market_key = 'spreads' AND spread.outcome_name = f.team_abbr
LEFT JOIN lines AS total
  ON total.game_id = f.game_id AND total.market_key = 'totals' AND total.outcome_name = 'Over'
