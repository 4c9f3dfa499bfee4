-- nba_raw.odds_api_player_points_props.
WITH repeated AS (
  SELECT p.game_id, n.player_lookup, p.bookmaker, p.snapshot_timestamp, COUNT(*) AS copies
  FROM nba_staging.player_props AS p INNER JOIN nba_staging.player_names AS n ON n.player_name = p.player_name
  GROUP BY p.game_id, n.player_lookup, p.bookmaker, p.snapshot_timestamp HAVING COUNT(*) > 1
),
listed AS (
  SELECT
    p.game_id, p.bookmaker, p.player_name, p.points_line, p.over_price_american, p.under_price_american,
    p.snapshot_timestamp, p.minutes_before_tipoff, n.player_lookup, d.copies, s.game_id AS known_game, s.game_date,
    s.tipoff_at, CAST(p.snapshot_timestamp AS TIMESTAMP) AS observed_at
  FROM nba_staging.player_props AS p
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = p.player_name
  LEFT JOIN repeated AS d ON d.game_id = p.game_id AND d.player_lookup = n.player_lookup AND d.bookmaker = p.bookmaker
    AND d.snapshot_timestamp = p.snapshot_timestamp
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = p.game_id AND s.season_year = @season_year
)
SELECT
  game_id,
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
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(game_id IS NULL OR COALESCE(player_lookup, '') = '' OR bookmaker IS NULL OR snapshot_timestamp IS NULL
       OR points_line IS NULL, FORMAT('required_fields: a line of %s misses a field', COALESCE(player_name, '?')),
       NULL),
    IF(points_line <= 0 OR points_line > 100,
       FORMAT('line_plausible: %s %s', COALESCE(player_name, '?'), CAST(points_line AS STRING)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s twice at %s', player_name, bookmaker), NULL)
  ], '; '), '') AS broken_rules,
  {why_not_used} AS warning
FROM listed
