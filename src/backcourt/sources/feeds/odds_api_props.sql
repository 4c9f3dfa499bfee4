-- nba_raw.odds_api_player_points_props from the service's answers. Date and teams find the NBA's game; one that cannot
-- be found is held back under its code ("20240124/ATLGSW").
WITH listed AS (
  SELECT
    r.*, n.player_lookup,
    {game_code} AS code,
    CONCAT(COALESCE(r.player_name, '?'), ' at ', COALESCE(r.bookmaker, '?')) AS who,
    s.game_id AS known_game, s.tipoff_at, CAST(r.snapshot_timestamp AS TIMESTAMP) AS observed_at,
    COUNT(*) OVER (PARTITION BY r.game_date, r.home, r.away, r.bookmaker, n.player_lookup, r.snapshot_timestamp)
      AS copies
  FROM nba_staging.odds_api_props AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  {game_of_teams}
)
SELECT
  COALESCE(known_game, code) AS game_id,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  bookmaker,
  CAST(snapshot_timestamp AS TIMESTAMP) AS snapshot_timestamp,
  game_date,
  @season_year AS season_year,
  player_name AS player_full_name,
  points_line,
  over_price_american,
  under_price_american,
  minutes_before_tipoff,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    {known_code},
    IF(COALESCE(player_lookup, '') = '' OR bookmaker IS NULL OR snapshot_timestamp IS NULL OR points_line IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(points_line <= 0 OR points_line > 100,
       FORMAT('line_plausible: %s is %s', who, CAST(points_line AS STRING)), NULL),
    IF(ABS(over_price_american) < 100 OR ABS(under_price_american) < 100, FORMAT('price_plausible: %s', who), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  {why_not_used} AS warning
FROM listed
