-- nba_raw.nbac_injury_report from the league's reports. Date and teams find the game; one that the schedule does not
-- have is held back under its code ("20240104/MILSAS").
WITH newest AS (
  -- The table knows reports by the hour: of two in one hour the later one counts.
  SELECT report_date, report_hour, MAX(report_minute) AS report_minute
  FROM nba_staging.injury_reports GROUP BY report_date, report_hour
),
kept AS (
  -- A report that landed twice tells every row twice.
  SELECT
    r.report_date, r.report_hour, r.game_date, r.home, r.away, r.team_abbreviation, r.player_name, r.printed_name,
    LOWER(TRIM(r.injury_status)) AS injury_status, r.reason, r.reason_category, MIN(r.landed_from) AS landed_from
  FROM nba_staging.injury_reports AS r
  JOIN newest AS m ON m.report_date = r.report_date AND m.report_hour = r.report_hour
    AND m.report_minute = r.report_minute
  GROUP BY
    r.report_date, r.report_hour, r.game_date, r.home, r.away, r.team_abbreviation, r.player_name, r.printed_name,
    LOWER(TRIM(r.injury_status)), r.reason, r.reason_category
),
listed AS (
  SELECT
    k.*, n.player_lookup, s.game_id AS known_game,
    CONCAT(FORMAT_DATE('%Y%m%d', k.game_date), '/', COALESCE(k.away, '?'), COALESCE(k.home, '?')) AS code,
    CONCAT(COALESCE(k.printed_name, '?'), ' (', COALESCE(k.team_abbreviation, '?'), ')') AS who,
    COUNT(*) OVER (PARTITION BY k.report_date, k.report_hour, k.game_date, k.home, k.away, n.player_lookup) AS copies
  FROM kept AS k
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = k.player_name
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_date = k.game_date AND s.season_year = @season_year
    AND k.home IN (s.home_team_tricode, s.away_team_tricode) AND k.away IN (s.home_team_tricode, s.away_team_tricode)
    AND k.home <> k.away
)
SELECT
  report_date,
  report_hour,
  COALESCE(known_game, code) AS game_id,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  game_date,
  @season_year AS season_year,
  team_abbreviation AS team,
  printed_name AS player_full_name,
  injury_status,
  NULLIF(reason, '') AS reason,
  reason_category,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(known_game IS NULL, FORMAT('known_game: the schedule has no %s', code), NULL),
    IF(COALESCE(player_lookup, '') = '' OR team_abbreviation IS NULL OR injury_status IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(team_abbreviation NOT IN (home, away), FORMAT('team_in_game: %s is in none of %s', who, code), NULL),
    IF(injury_status NOT IN ('out', 'doubtful', 'questionable', 'probable', 'available'),
       FORMAT('known_status: %s is %s', who, injury_status), NULL),
    IF(report_date > game_date,
       FORMAT('report_before_game: the report is of %s', FORMAT_DATE('%Y-%m-%d', report_date)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s twice in one report', who), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
