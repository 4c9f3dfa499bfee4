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
    r.report_date, r.report_hour, r.report_minute, r.game_date, r.home, r.away, r.team_abbreviation, r.player_name,
    r.printed_name, LOWER(TRIM(r.injury_status)) AS injury_status, r.reason, r.reason_category,
    MIN(r.landed_from) AS landed_from
  FROM nba_staging.injury_reports AS r
  INNER JOIN newest AS m ON m.report_date = r.report_date AND m.report_hour = r.report_hour
    AND m.report_minute = r.report_minute
  GROUP BY
    r.report_date, r.report_hour, r.report_minute, r.game_date, r.home, r.away, r.team_abbreviation, r.player_name,
    r.printed_name, LOWER(TRIM(r.injury_status)), r.reason, r.reason_category
),
listed AS (
  SELECT
    r.*, n.player_lookup, s.game_id AS known_game, s.tipoff_at,
    r.report_date AS eastern_day, 60 * r.report_hour + r.report_minute AS eastern_minutes,
    {game_code} AS code,
    CONCAT(COALESCE(r.printed_name, '?'), ' (', COALESCE(r.team_abbreviation, '?'), ')') AS who,
    COUNT(*) OVER (PARTITION BY r.report_date, r.report_hour, r.game_date, r.home, r.away, n.player_lookup) AS copies
  FROM kept AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  {game_of_teams}
),
timed AS (SELECT *, {utc_of_eastern} AS observed_at FROM listed)
SELECT
  report_date,
  report_hour,
  report_minute,
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
    {known_code},
    IF(COALESCE(player_lookup, '') = '' OR team_abbreviation IS NULL OR injury_status IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(team_abbreviation NOT IN (home, away), FORMAT('team_in_game: %s is in none of %s', who, code), NULL),
    IF(injury_status NOT IN ('out', 'doubtful', 'questionable', 'probable', 'available'),
       FORMAT('known_status: %s is %s', who, injury_status), NULL),
    IF(report_date > game_date,
       FORMAT('report_before_game: the report is of %s', FORMAT_DATE('%Y-%m-%d', report_date)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s twice in one report', who), NULL)
  ], '; '), '') AS broken_rules,
  {why_not_used} AS warning
FROM timed
