-- nba_raw.espn_scoreboard. Date and teams find the NBA's game; scores that differ are what the table is for, so they
-- warn and hold nothing back.
WITH listed AS (
  SELECT
    r.*,
    {game_code} AS code,
    s.game_id AS known_game, s.game_status AS known_status, s.periods AS known_periods,
    s.home_team_tricode, s.away_team_tricode, s.home_team_score, s.away_team_score,
    r.home <> s.home_team_tricode AS is_turned,
    COUNT(*) OVER (PARTITION BY r.espn_game_id) AS copies,
    COUNT(*) OVER (PARTITION BY s.game_id) AS namesakes
  FROM nba_staging.espn_scoreboard AS r
  {game_of_teams}
),
turned AS (
  SELECT
    *, IF(is_turned, away_score, home_score) AS score_of_home, IF(is_turned, home_score, away_score) AS score_of_away
  FROM listed
)
SELECT
  known_game AS game_id,
  game_date,
  @season_year AS season_year,
  espn_game_id,
  game_status,
  status_text,
  home_team_tricode AS home_team_abbr,
  away_team_tricode AS away_team_abbr,
  score_of_home AS home_team_score,
  score_of_away AS away_team_score,
  periods,
  venue_name,
  venue_city,
  is_neutral_site,
  attendance,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    {known_code},
    IF(espn_game_id IS NULL OR game_status IS NULL OR home IS NULL OR away IS NULL,
       FORMAT('required_fields: %s misses a field', COALESCE(code, '?')), NULL),
    IF(game_status = 3 AND (home_score IS NULL OR away_score IS NULL OR home_score = away_score OR periods < 4),
       FORMAT('final_score: %s is over without a winner', COALESCE(code, '?')), NULL),
    IF(LEAST(home_score, away_score) < 0 OR periods < 0 OR attendance < 0,
       FORMAT('not_negative: %s has a count below 0', COALESCE(code, '?')), NULL),
    IF(copies > 1 OR (known_game IS NOT NULL AND namesakes > 1),
       FORMAT('duplicate_key: %s is listed %d times', COALESCE(code, '?'), GREATEST(copies, namesakes)), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(is_turned, 'home_differs', NULL),
    IF(game_status = 3 AND (score_of_home <> home_team_score OR score_of_away <> away_team_score), 'score_differs',
       NULL),
    IF(game_status <> known_status, 'status_differs', NULL),
    IF(game_status = 3 AND periods <> known_periods, 'periods_differ', NULL)
  ], '; '), '') AS warning
FROM turned
