-- nba_raw.odds_api_game_lines from the service's answers. Date and teams find the NBA's game; one that cannot be found
-- is held back under its code ("20240124/ATLGSW").
WITH listed AS (
  SELECT
    r.*,
    {game_code} AS code,
    CONCAT(COALESCE(r.market_key, '?'), ' ', COALESCE(r.outcome_name, '?'), ' at ', COALESCE(r.bookmaker_key, '?'))
      AS who,
    s.game_id AS known_game, s.home_team_tricode, s.away_team_tricode,
    s.tipoff_at, CAST(r.snapshot_timestamp AS TIMESTAMP) AS observed_at,
    r.home <> s.home_team_tricode AS is_turned,
    COUNT(*) OVER (PARTITION BY r.game_date, r.home, r.away, r.bookmaker_key, r.market_key, r.outcome_name,
      r.snapshot_timestamp) AS copies
  FROM nba_staging.odds_game_lines AS r
  {game_of_teams}
)
SELECT
  COALESCE(known_game, code) AS game_id,
  bookmaker_key,
  market_key,
  outcome_name,
  CAST(snapshot_timestamp AS TIMESTAMP) AS snapshot_timestamp,
  game_date,
  @season_year AS season_year,
  home_team_tricode AS home_team_abbr,
  away_team_tricode AS away_team_abbr,
  outcome_point,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    {known_code},
    IF(bookmaker_key IS NULL OR outcome_name IS NULL OR outcome_point IS NULL OR snapshot_timestamp IS NULL
       OR home IS NULL OR away IS NULL, FORMAT('required_fields: %s misses a field', who), NULL),
    IF((market_key = 'spreads' AND outcome_name NOT IN (home, away))
       OR (market_key = 'totals' AND outcome_name NOT IN ('Over', 'Under')),
       FORMAT('known_outcome: %s', who), NULL),
    IF((market_key = 'spreads' AND ABS(outcome_point) > 60)
       OR (market_key = 'totals' AND outcome_point NOT BETWEEN 100 AND 400),
       FORMAT('line_plausible: %s is %s', who, CAST(outcome_point AS STRING)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([IF(is_turned, 'home_differs', NULL), {why_not_used}], '; '), '') AS warning
FROM listed
