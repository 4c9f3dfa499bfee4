-- nba_raw.odds_api_game_lines. Home and away come from the schedule.
WITH repeated AS (
  SELECT game_id, bookmaker_key, market_key, outcome_name, snapshot_timestamp, COUNT(*) AS copies
  FROM nba_staging.game_lines
  GROUP BY game_id, bookmaker_key, market_key, outcome_name, snapshot_timestamp HAVING COUNT(*) > 1
),
listed AS (
  SELECT
    l.game_id, l.bookmaker_key, l.market_key, l.outcome_name, l.outcome_point, l.snapshot_timestamp, d.copies,
    l.home_abbreviation AS stated_home,
    s.game_id AS known_game, s.game_date, s.home_team_tricode, s.away_team_tricode,
    s.tipoff_at, CAST(l.snapshot_timestamp AS TIMESTAMP) AS observed_at
  FROM nba_staging.game_lines AS l
  LEFT JOIN repeated AS d ON d.game_id = l.game_id AND d.bookmaker_key = l.bookmaker_key
    AND d.market_key = l.market_key AND d.outcome_name = l.outcome_name
    AND d.snapshot_timestamp = l.snapshot_timestamp
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = l.game_id AND s.season_year = @season_year
)
SELECT
  game_id,
  bookmaker_key,
  market_key,
  outcome_name,
  CAST(snapshot_timestamp AS TIMESTAMP) AS snapshot_timestamp,
  game_date,
  @season_year AS season_year,
  home_team_tricode AS home_team_abbr,
  away_team_tricode AS away_team_abbr,
  outcome_point,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(game_id IS NULL OR bookmaker_key IS NULL OR market_key IS NULL OR outcome_name IS NULL
       OR snapshot_timestamp IS NULL, 'required_fields: a line misses a field', NULL),
    IF(market_key NOT IN ('spreads', 'totals', 'h2h'), FORMAT('known_market: %s', market_key), NULL),
    IF((market_key = 'spreads' AND ABS(outcome_point) > 60)
       OR (market_key = 'totals' AND outcome_point NOT BETWEEN 100 AND 400),
       FORMAT('line_plausible: %s %s', market_key, CAST(outcome_point AS STRING)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s twice at %s', outcome_name, bookmaker_key), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([IF(stated_home <> home_team_tricode, 'home_differs', NULL), {why_not_used}], '; '), '')
    AS warning
FROM listed
