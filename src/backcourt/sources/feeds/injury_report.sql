-- nba_raw.nbac_injury_report.
WITH repeated AS (
  SELECT r.report_date, r.report_hour, r.game_id, n.player_lookup, COUNT(*) AS copies
  FROM nba_staging.injury_report AS r INNER JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  GROUP BY r.report_date, r.report_hour, r.game_id, n.player_lookup HAVING COUNT(*) > 1
),
listed AS (
  SELECT
    r.report_date, r.report_hour, r.game_id, r.team_abbreviation, r.player_name, n.player_lookup,
    LOWER(TRIM(r.injury_status)) AS injury_status, r.reason, r.reason_category, d.copies,
    s.game_id AS known_game, s.game_date,
    r.team_abbreviation IN (s.home_team_tricode, s.away_team_tricode) AS in_game,
    -- The file knows the hour only: the report was out when the hour was over.
    s.tipoff_at, r.report_date AS eastern_day, 60 * r.report_hour + 59 AS eastern_minutes
  FROM nba_staging.injury_report AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  LEFT JOIN repeated AS d ON d.report_date = r.report_date AND d.report_hour = r.report_hour AND d.game_id = r.game_id
    AND d.player_lookup = n.player_lookup
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = r.game_id AND s.season_year = @season_year
),
timed AS (SELECT *, {utc_of_eastern} AS observed_at FROM listed)
SELECT
  report_date,
  report_hour,
  CAST(NULL AS INT64) AS report_minute,
  game_id,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  game_date,
  @season_year AS season_year,
  team_abbreviation AS team,
  player_name AS player_full_name,
  injury_status,
  NULLIF(reason, '') AS reason,
  NULLIF(LOWER(TRIM(reason_category)), '') AS reason_category,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(report_date IS NULL OR report_hour IS NULL OR game_id IS NULL OR COALESCE(player_lookup, '') = ''
       OR team_abbreviation IS NULL OR injury_status IS NULL,
       FORMAT('required_fields: a row of %s misses a field', COALESCE(team_abbreviation, '?')), NULL),
    IF(NOT in_game, FORMAT('team_in_game: the schedule has other teams than %s', team_abbreviation), NULL),
    IF(injury_status NOT IN ('out', 'doubtful', 'questionable', 'probable', 'available'),
       FORMAT('known_status: %s is %s', player_name, injury_status), NULL),
    IF(report_hour NOT BETWEEN 0 AND 23, FORMAT('hour_plausible: %d', report_hour), NULL),
    IF(report_date > game_date, FORMAT('report_before_game: the report is of %s', FORMAT_DATE('%Y-%m-%d',
           report_date)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s twice in one report', player_name), NULL)
  ], '; '), '') AS broken_rules,
  {why_not_used} AS warning
FROM timed
