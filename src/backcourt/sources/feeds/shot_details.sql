-- nba_raw.nbac_shot_chart from the service's shot charts, which do not say what was assisted. The team comes from the
-- schedule; shooters must have a box-score line wherever the game's box score is stored.
WITH repeated AS (
  SELECT game_id, game_event_id, COUNT(*) AS copies
  FROM nba_staging.shot_details GROUP BY game_id, game_event_id HAVING COUNT(*) > 1
),
listed AS (
  SELECT game_id, player_id, team_abbr FROM nba_raw.nbac_player_boxscore
  WHERE season_year = @season_year AND game_date BETWEEN @earliest_day AND @latest_day
  UNION DISTINCT
  SELECT game_id, player_id, team_abbr FROM nba_raw.nbac_gamebook_player_stats
  WHERE season_year = @season_year AND game_date BETWEEN @earliest_day AND @latest_day
),
boxed AS (
  SELECT DISTINCT game_id FROM listed
),
placed AS (
  SELECT
    a.game_id, a.game_event_id, a.player_id, a.period, a.minutes_remaining, a.seconds_remaining, a.loc_x, a.loc_y,
    a.shot_distance, a.is_three, a.shot_made_flag, CAST(NULL AS INT64) AS assisted, a.action_type, a.shot_zone_basic,
    s.game_id AS known_game, s.game_date, s.periods,
    CASE a.team_id
      WHEN s.home_team_id THEN s.home_team_tricode WHEN s.away_team_id THEN s.away_team_tricode
    END AS team
  FROM nba_staging.shot_details AS a
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = a.game_id AND s.season_year = @season_year
),
attempts AS (
  SELECT p.*, r.copies, b.game_id AS boxed_game, l.player_id AS known_player
  FROM placed AS p
  LEFT JOIN repeated AS r ON r.game_id = p.game_id AND r.game_event_id = p.game_event_id
  LEFT JOIN boxed AS b ON b.game_id = p.game_id
  LEFT JOIN listed AS l ON l.game_id = p.game_id AND l.player_id = p.player_id AND l.team_abbr = p.team
),
{shot_chart}
