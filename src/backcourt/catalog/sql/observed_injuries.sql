-- When the rows of injury reports were observed: a report without minutes at the end of its hour.
SELECT season_year, game_id, game_date, {utc_of_eastern} AS observed_at
FROM (
  SELECT
    season_year, game_id, game_date, report_date AS eastern_day,
    60 * report_hour + COALESCE(report_minute, 59) AS eastern_minutes
  FROM nba_raw.nbac_injury_report
)
