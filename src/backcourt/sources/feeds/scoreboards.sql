-- nba_raw.nbac_scoreboard_v2, a cross-check of the schedule: what differs is a warning, what cannot be is a broken rule.
-- The service lists a game once for each of its national broadcasters, repeats one word for word now and then, and lists
-- a postponed game on both dates: the broadcasters are one text, and the last date counts. Its newer shape has no arena:
-- what is stored of the game on that date says it still.
WITH listed AS (
  SELECT
    game_id, game_date, game_sequence, game_status, game_status_text, game_code, home_abbreviation, away_abbreviation,
    home_team_id, away_team_id, home_score, away_score, live_period, arena_name, received,
    STRING_AGG(DISTINCT NULLIF(TRIM(national_broadcaster), ''), ', ' ORDER BY NULLIF(TRIM(national_broadcaster), ''))
      AS national_broadcaster,
    COUNT(DISTINCT NULLIF(TRIM(national_broadcaster), '')) AS broadcasters
  FROM nba_staging.scoreboards
  GROUP BY
    game_id, game_date, game_sequence, game_status, game_status_text, game_code, home_abbreviation, away_abbreviation,
    home_team_id, away_team_id, home_score, away_score, live_period, arena_name, received
),
latest AS (
  SELECT *
  FROM listed
  QUALIFY RANK() OVER (PARTITION BY game_id ORDER BY game_date DESC, received DESC) = 1
),
games AS (
  SELECT
    b.*, s.game_id AS known_game, s.game_date AS scheduled, s.game_status AS stored_status, s.home_team_tricode,
    s.away_team_tricode, s.home_team_score, s.away_team_score, o.arena_name AS stored_arena,
    COUNT(*) OVER (PARTITION BY b.game_id) AS copies
  FROM latest AS b
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = b.game_id AND s.season_year = @season_year
  LEFT JOIN nba_raw.nbac_scoreboard_v2 AS o ON o.game_id = b.game_id AND o.game_date = b.game_date
    AND o.season_year = @season_year AND o.game_date BETWEEN @earliest_day AND @latest_day
)
SELECT
  game_id,
  scheduled AS game_date,
  @season_year AS season_year,
  game_sequence,
  game_status,
  NULLIF(TRIM(game_status_text), '') AS game_status_text,
  game_code,
  home_abbreviation AS home_team_abbr,
  away_abbreviation AS away_team_abbr,
  home_score AS home_team_score,
  away_score AS away_team_score,
  live_period,
  COALESCE(arena_name, stored_arena) AS arena_name,
  national_broadcaster,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(game_id IS NULL OR game_status IS NULL OR home_team_id IS NULL OR away_team_id IS NULL,
       'required_fields: a game has no id, no status or not two teams', NULL),
    IF((home_team_id IS NOT NULL AND home_abbreviation IS NULL)
       OR (away_team_id IS NOT NULL AND away_abbreviation IS NULL),
       FORMAT('known_team: %s at %s', COALESCE(CAST(away_team_id AS STRING), '?'),
       COALESCE(CAST(home_team_id AS STRING), '?')), NULL),
    IF(home_abbreviation <> home_team_tricode OR away_abbreviation <> away_team_tricode,
       FORMAT('teams_match_schedule: %s at %s, the schedule has %s at %s', away_abbreviation, home_abbreviation,
       away_team_tricode, home_team_tricode), NULL),
    IF(game_date <> scheduled,
       FORMAT('date_matches_schedule: %s, the schedule has %s', FORMAT_DATE('%Y-%m-%d', game_date),
       FORMAT_DATE('%Y-%m-%d', scheduled)), NULL),
    IF(game_status NOT BETWEEN 1 AND 3, FORMAT('known_status: %d', game_status), NULL),
    IF(game_status = 3 AND (home_score IS NULL OR away_score IS NULL), 'final_scores: a final game has two scores',
       NULL),
    IF(LEAST(home_score, away_score, live_period) < 0, 'not_negative: a score or the period is below 0', NULL),
    IF(copies > 1, FORMAT('duplicate_key: the game is listed %d times', copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(game_status = 3 AND (home_score <> home_team_score OR away_score <> away_team_score), 'score_differs', NULL),
    IF(game_status = 3 AND stored_status <> 3, 'status_differs', NULL),
    IF(broadcasters > 1, 'national_broadcaster merged', NULL)
  ], '; '), '') AS warning
FROM games
