-- nba_raw.nbac_referee. Of several payloads that name a game's officials the newest decides; the date is the schedule's.
WITH newest AS (
  SELECT game_id, MAX(received) AS received FROM nba_staging.referees GROUP BY game_id
),
crew AS (
  SELECT
    r.game_id, r.official_number, NULLIF(TRIM(r.official_name), '') AS official_name, r.official_code,
    NULLIF(TRIM(r.jersey_number), '') AS jersey_number, r.game_date AS stated_date, r.home_abbreviation,
    r.away_abbreviation, COALESCE(CAST(r.official_number AS STRING), '?') AS place,
    s.game_id AS known_game, s.game_date, s.home_team_tricode, s.away_team_tricode,
    COUNT(*) OVER (PARTITION BY r.game_id, r.official_number) AS copies,
    COUNT(*) OVER (PARTITION BY r.game_id, r.official_code) AS times,
    COUNT(*) OVER (PARTITION BY r.game_id) AS members
  FROM nba_staging.referees AS r
  INNER JOIN newest AS n ON n.game_id IS NOT DISTINCT FROM r.game_id AND n.received = r.received
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = r.game_id AND s.season_year = @season_year
)
SELECT
  game_id,
  game_date,
  @season_year AS season_year,
  official_number,
  official_name,
  official_code,
  jersey_number,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(game_id IS NULL OR official_number IS NULL OR official_name IS NULL,
       FORMAT('required_fields: official %s has no name', place), NULL),
    IF(home_abbreviation NOT IN (home_team_tricode, away_team_tricode)
       OR away_abbreviation NOT IN (home_team_tricode, away_team_tricode),
       FORMAT('team_in_game: the schedule has %s at %s', away_team_tricode, home_team_tricode), NULL),
    IF(official_number NOT BETWEEN 1 AND 4, FORMAT('place_plausible: %s', place), NULL),
    IF(copies > 1, FORMAT('duplicate_key: official %s is there %d times', place, copies), NULL),
    IF(times > 1 AND official_code IS NOT NULL, FORMAT('one_place_each: official %d stands in %d places',
       official_code, times), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(known_game IS NOT NULL AND (home_abbreviation IS NULL OR away_abbreviation IS NULL), 'teams not named, not compared',
       NULL),
    IF(members < 3, 'crew_incomplete', NULL),
    IF(stated_date <> game_date, 'date_differs', NULL)
  ], '; '), '') AS warning
FROM crew
