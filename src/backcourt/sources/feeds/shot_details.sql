-- nba_raw.nbac_shot_chart from the service's shot charts, which do not say what was assisted: play-by-play that lands
-- beside them does, or what is stored of a shot says it still, by its event or else by shooter, time and outcome. The
-- team comes from the schedule; shooters must have a box-score line wherever the game's box score is stored.
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
told AS (
  SELECT
    game_id, event_id, player_id, period, seconds_remaining_in_period AS seconds_left, is_made,
    CAST(is_assisted AS INT64) AS was_assisted
  FROM nba_raw.nbac_shot_chart
  WHERE season_year = @season_year AND game_date BETWEEN @earliest_day AND @latest_day AND is_assisted IS NOT NULL
),
told_by_event AS (
  SELECT game_id, event_id, player_id, is_made, MAX(was_assisted) AS assisted
  FROM told GROUP BY game_id, event_id, player_id, is_made
),
told_by_time AS (
  SELECT game_id, player_id, period, seconds_left, is_made, MAX(was_assisted) AS assisted
  FROM told GROUP BY game_id, player_id, period, seconds_left, is_made HAVING COUNT(DISTINCT was_assisted) = 1
),
placed AS (
  SELECT
    a.game_id, a.game_event_id, a.player_id, a.period, a.minutes_remaining, a.seconds_remaining, a.loc_x, a.loc_y,
    a.shot_distance, a.is_three, a.shot_made_flag, COALESCE(a.assisted, e.assisted, i.assisted) AS assisted,
    a.action_type, a.shot_zone_basic,
    s.game_id AS known_game, s.game_date, s.periods,
    CASE a.team_id
      WHEN s.home_team_id THEN s.home_team_tricode WHEN s.away_team_id THEN s.away_team_tricode
    END AS team
  FROM nba_staging.shot_details AS a
  LEFT JOIN told_by_event AS e ON e.game_id = a.game_id AND e.event_id = a.game_event_id
    AND e.player_id = a.player_id AND e.is_made = (a.shot_made_flag = 1)
  LEFT JOIN told_by_time AS i ON i.game_id = a.game_id AND i.player_id = a.player_id AND i.period = a.period
    AND i.seconds_left = a.minutes_remaining * 60 + a.seconds_remaining AND i.is_made = (a.shot_made_flag = 1)
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = a.game_id AND s.season_year = @season_year
),
attempts AS (
  SELECT p.*, r.copies, CAST(NULL AS INT64) AS sides, b.game_id AS boxed_game, l.player_id AS known_player
  FROM placed AS p
  LEFT JOIN repeated AS r ON r.game_id = p.game_id AND r.game_event_id = p.game_event_id
  LEFT JOIN boxed AS b ON b.game_id = p.game_id
  LEFT JOIN listed AS l ON l.game_id = p.game_id AND l.player_id = p.player_id AND l.team_abbr = p.team
),
{shot_chart}
