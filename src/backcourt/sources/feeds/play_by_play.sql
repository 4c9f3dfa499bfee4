-- nba_raw.nbac_play_by_play. The source repeats a few events word for word: those are kept once, with a warning;
-- two different events under one number quarantine the game. Who was fouled is not in every payload: what is stored of
-- the same foul says it still.
WITH repeated AS (
  SELECT game_id, eventnum
  FROM nba_staging.play_by_play GROUP BY game_id, eventnum HAVING COUNT(*) > 1
),
plain AS (
  SELECT
    e.game_id, e.eventnum, e.period, e.pctimestring, e.eventmsgtype, e.eventmsgactiontype, e.player1_id,
    e.player1_team_abbreviation, e.player2_id, e.player2_team_abbreviation, e.player3_id,
    e.player3_team_abbreviation, e.homedescription, e.neutraldescription, e.visitordescription, e.score
  FROM nba_staging.play_by_play AS e
),
kept AS (
  SELECT p.*, 1 AS copies, CAST(NULL AS STRING) AS warning
  FROM plain AS p
  LEFT JOIN repeated AS r ON r.game_id = p.game_id AND r.eventnum = p.eventnum
  WHERE r.game_id IS NULL
  UNION ALL
  SELECT d.*, COUNT(*) OVER (PARTITION BY d.game_id, d.eventnum) AS copies, 'repeated_row' AS warning
  FROM (
    SELECT DISTINCT p.* FROM plain AS p INNER JOIN repeated AS r ON r.game_id = p.game_id AND r.eventnum = p.eventnum
  ) AS d
),
fouls AS (
  SELECT
    game_id, event_id, period, player_1_id, MAX(player_2_id) AS fouled, MAX(player_2_team_abbr) AS fouled_team
  FROM nba_raw.nbac_play_by_play
  WHERE season_year = @season_year AND game_date BETWEEN @earliest_day AND @latest_day AND event_type = 6
    AND player_2_id IS NOT NULL
  GROUP BY game_id, event_id, period, player_1_id
),
events AS (
  SELECT
    k.*, f.fouled, f.fouled_team,
    CONCAT('event ', COALESCE(CAST(k.eventnum AS STRING), '?')) AS who,
    s.game_id AS known_game, s.game_date, s.periods, s.home_team_tricode, s.away_team_tricode,
    -- An event of the team itself carries the team's id where a player's would be.
    COALESCE(k.player1_team_abbreviation, CASE k.player1_id
      WHEN s.home_team_id THEN s.home_team_tricode WHEN s.away_team_id THEN s.away_team_tricode END) AS team_1
  FROM kept AS k
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = k.game_id AND s.season_year = @season_year
  LEFT JOIN fouls AS f ON f.game_id = k.game_id AND f.event_id = k.eventnum AND f.period = k.period
    AND f.player_1_id = k.player1_id AND k.eventmsgtype = 6 AND k.player2_team_abbreviation IS NULL
)
SELECT
  game_id,
  game_date,
  @season_year AS season_year,
  eventnum AS event_id,
  period,
  pctimestring AS clock,
  eventmsgtype AS event_type,
  eventmsgactiontype AS event_action_type,
  IF(player1_team_abbreviation IS NULL, NULL, NULLIF(player1_id, 0)) AS player_1_id,
  team_1 AS player_1_team_abbr,
  IF(player2_team_abbreviation IS NULL, fouled, NULLIF(player2_id, 0)) AS player_2_id,
  COALESCE(player2_team_abbreviation, fouled_team) AS player_2_team_abbr,
  IF(player3_team_abbreviation IS NULL, NULL, NULLIF(player3_id, 0)) AS player_3_id,
  player3_team_abbreviation AS player_3_team_abbr,
  homedescription AS home_description,
  neutraldescription AS neutral_description,
  visitordescription AS visitor_description,
  score,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    IF(game_id IS NULL OR eventnum IS NULL OR period IS NULL OR pctimestring IS NULL OR eventmsgtype IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(team_1 NOT IN (home_team_tricode, away_team_tricode)
       OR player2_team_abbreviation NOT IN (home_team_tricode, away_team_tricode)
       OR player3_team_abbreviation NOT IN (home_team_tricode, away_team_tricode),
       FORMAT('team_in_game: the schedule has other teams, %s', who), NULL),
    IF(eventmsgtype NOT BETWEEN 1 AND 13 AND eventmsgtype NOT IN (18, 20, 21),
       FORMAT('known_event_type: %s has type %d', who, eventmsgtype), NULL),
    IF(period < 1 OR period > periods OR NOT REGEXP_CONTAINS(pctimestring, r'^(1[0-2]|0?[0-9]):[0-5][0-9]$'),
       FORMAT('clock_plausible: %s period %d, %s left', who, period, pctimestring), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s stands for %d different events', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  warning
FROM events
