-- nba_raw.odds_api_player_points_props from the service's answers. Date and teams find the NBA's game; one that cannot
-- be found is held back under its code ("20240124/ATLGSW").
WITH listed AS (
  SELECT
    p.*, n.player_lookup,
    CONCAT(FORMAT_DATE('%Y%m%d', p.game_date), '/', COALESCE(p.away, '?'), COALESCE(p.home, '?')) AS code,
    CONCAT(COALESCE(p.player_name, '?'), ' at ', COALESCE(p.bookmaker, '?')) AS who,
    s.game_id AS known_game,
    COUNT(*) OVER (PARTITION BY p.game_date, p.home, p.away, p.bookmaker, n.player_lookup, p.snapshot_timestamp)
      AS copies
  FROM nba_staging.odds_api_props AS p
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = p.player_name
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_date = p.game_date AND s.season_year = @season_year
    AND p.home IN (s.home_team_tricode, s.away_team_tricode) AND p.away IN (s.home_team_tricode, s.away_team_tricode)
    AND p.home <> p.away
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
    IF(known_game IS NULL, FORMAT('known_game: the schedule has no %s', COALESCE(code, 'game without a date')), NULL),
    IF(COALESCE(player_lookup, '') = '' OR bookmaker IS NULL OR snapshot_timestamp IS NULL OR points_line IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(points_line <= 0 OR points_line > 100,
       FORMAT('line_plausible: %s is %s', who, CAST(points_line AS STRING)), NULL),
    IF(ABS(over_price_american) < 100 OR ABS(under_price_american) < 100, FORMAT('price_plausible: %s', who), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
