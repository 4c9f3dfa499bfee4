-- nba_raw.nbac_shot_chart. The team comes from the schedule, the shooter must have a line in the season's box scores.
WITH repeated AS (
  SELECT game_id, game_event_id, COUNT(*) AS copies
  FROM nba_staging.shots GROUP BY game_id, game_event_id HAVING COUNT(*) > 1
),
sided AS (
  SELECT game_id, COUNT(DISTINCT team_id) AS sides FROM nba_staging.shots GROUP BY game_id
),
listed AS (
  SELECT DISTINCT game_id, player_id, team_id FROM nba_staging.player_boxscores
),
attempts AS (
  SELECT
    a.game_id, a.game_event_id, a.player_id, a.period, a.minutes_remaining, a.seconds_remaining, a.loc_x, a.loc_y,
    a.shot_distance, a.is_three, a.shot_made_flag, a.assisted, a.action_type, a.shot_zone_basic,
    r.copies, b.sides, s.game_id AS known_game, s.game_id AS boxed_game, s.game_date, s.periods,
    CASE a.team_id
      WHEN s.home_team_id THEN s.home_team_tricode WHEN s.away_team_id THEN s.away_team_tricode
    END AS team,
    l.player_id AS known_player
  FROM nba_staging.shots AS a
  LEFT JOIN repeated AS r ON r.game_id = a.game_id AND r.game_event_id = a.game_event_id
  LEFT JOIN sided AS b ON b.game_id = a.game_id
  LEFT JOIN listed AS l ON l.game_id = a.game_id AND l.player_id = a.player_id AND l.team_id = a.team_id
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = a.game_id AND s.season_year = @season_year
),
{shot_chart}
