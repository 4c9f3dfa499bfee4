-- Where every player shoots and how well, as of each game date of the range, whether or not he plays that day.
-- Candidates: everyone with a game of the season before the date, from day @bootstrap_days on.
WITH spine AS (
  SELECT game_date AS analysis_date, season_year
  FROM ({scheduled_dates}) AS d
  WHERE day_number >= @bootstrap_days
),
-- @opening_day is the season's first game date: the bound lets BigQuery prune partitions.
games AS (
  SELECT
    player_id,
    player_lookup,
    team_abbr,
    season_year,
    game_date,
    IF(paint_attempts IS NULL, NULL, three_pt_attempts) AS three_attempts,
    IF(paint_attempts IS NULL, NULL, three_pt_makes) AS three_makes,
    paint_attempts,
    paint_makes,
    mid_range_attempts,
    mid_range_makes,
    assisted_fg_makes,
    unassisted_fg_makes
  FROM nba_analytics.player_game_summary
  WHERE game_date BETWEEN @opening_day AND DATE_SUB(@end_date, INTERVAL 1 DAY)
    AND season_year IN (SELECT season_year FROM spine)
    AND season_type IN {window_types}
),
windows AS (
  SELECT
    player_id,
    player_lookup,
    team_abbr,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS next_date,
    ROW_NUMBER() OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS games_so_far,
    COUNT(paint_attempts) OVER ten AS n_10,
    SUM(paint_attempts) OVER ten AS paint_attempts_10,
    SUM(paint_makes) OVER ten AS paint_makes_10,
    SUM(mid_range_attempts) OVER ten AS mid_range_attempts_10,
    SUM(mid_range_makes) OVER ten AS mid_range_makes_10,
    SUM(three_attempts) OVER ten AS three_attempts_10,
    SUM(three_makes) OVER ten AS three_makes_10,
    SUM(assisted_fg_makes) OVER ten AS assisted_10,
    SUM(unassisted_fg_makes) OVER ten AS unassisted_10,
    COUNT(paint_attempts) OVER twenty AS n_20,
    SUM(paint_attempts) OVER twenty AS paint_attempts_20,
    SUM(paint_makes) OVER twenty AS paint_makes_20,
    SUM(mid_range_attempts) OVER twenty AS mid_range_attempts_20,
    SUM(three_attempts) OVER twenty AS three_attempts_20
  FROM games
  WINDOW
    ten AS (PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN 9 PRECEDING AND CURRENT ROW),
    twenty AS (PARTITION BY player_id, season_year ORDER BY game_date ROWS BETWEEN 19 PRECEDING AND CURRENT ROW)
),
sums AS (
  SELECT
    w.*,
    paint_attempts_10 + mid_range_attempts_10 + three_attempts_10 AS shots_10,
    paint_attempts_20 + mid_range_attempts_20 + three_attempts_20 AS shots_20,
    assisted_10 + unassisted_10 AS makes_10
  FROM windows AS w
),
rated AS (
  SELECT
    s.*,
    SAFE_DIVIDE(100 * paint_attempts_10, shots_10) AS paint_rate,
    SAFE_DIVIDE(100 * mid_range_attempts_10, shots_10) AS mid_range_rate,
    SAFE_DIVIDE(100 * three_attempts_10, shots_10) AS three_pt_rate
  FROM sums AS s
)
SELECT
  r.player_id,
  r.player_lookup,
  p.analysis_date,
  r.season_year,
  r.team_abbr,
  r.paint_rate AS paint_rate_last_10,
  r.mid_range_rate AS mid_range_rate_last_10,
  r.three_pt_rate AS three_pt_rate_last_10,
  COALESCE(r.shots_10, 0) AS total_shots_last_10,
  r.n_10 AS games_in_sample_10,
  SAFE_DIVIDE(r.paint_makes_10, r.paint_attempts_10) AS paint_pct_last_10,
  SAFE_DIVIDE(r.mid_range_makes_10, r.mid_range_attempts_10) AS mid_range_pct_last_10,
  SAFE_DIVIDE(r.three_makes_10, r.three_attempts_10) AS three_pt_pct_last_10,
  SAFE_DIVIDE(r.paint_attempts_10, r.n_10) AS paint_attempts_per_game,
  SAFE_DIVIDE(r.mid_range_attempts_10, r.n_10) AS mid_range_attempts_per_game,
  SAFE_DIVIDE(r.three_attempts_10, r.n_10) AS three_pt_attempts_per_game,
  IF(r.games_so_far >= 15, SAFE_DIVIDE(100 * r.paint_attempts_20, r.shots_20), NULL) AS paint_rate_last_20,
  IF(r.games_so_far >= 15, SAFE_DIVIDE(r.paint_makes_20, r.paint_attempts_20), NULL) AS paint_pct_last_20,
  IF(r.games_so_far >= 15, SAFE_DIVIDE(100 * r.mid_range_attempts_20, r.shots_20), NULL) AS mid_range_rate_last_20,
  IF(r.games_so_far >= 15, SAFE_DIVIDE(100 * r.three_attempts_20, r.shots_20), NULL) AS three_pt_rate_last_20,
  r.n_20 AS games_in_sample_20,
  SAFE_DIVIDE(100 * r.assisted_10, r.makes_10) AS assisted_rate_last_10,
  SAFE_DIVIDE(100 * r.unassisted_10, r.makes_10) AS unassisted_rate_last_10,
  CASE
    WHEN COALESCE(r.shots_10, 0) = 0 THEN NULL
    WHEN r.paint_rate >= 40 THEN 'paint'
    WHEN r.three_pt_rate >= 40 THEN 'perimeter'
    WHEN r.mid_range_rate >= 35 THEN 'mid_range'
    ELSE 'balanced'
  END AS primary_scoring_zone,
  IF(r.games_so_far < 10, 'INSUFFICIENT_DATA', NULL) AS failure_category,
  IF(r.games_so_far < 10, CONCAT(FORMAT('%d', r.games_so_far), ' games as of the date, 10 needed'), NULL)
    AS failure_reason,
  10 AS expected_game_count,
  LEAST(r.games_so_far, 10) AS actual_game_count,
  CAST(NULL AS BOOL) AS data_missing
FROM spine AS p
INNER JOIN rated AS r
  ON r.season_year = p.season_year
  AND p.analysis_date > r.game_date
  AND p.analysis_date <= COALESCE(r.next_date, DATE '9999-12-31')
