-- A player's line in every final game of the range that he played.
-- Candidates: players with minutes in a box score, with or without a registered player behind the name; a final game
-- without any player line is a candidate too.
WITH games AS (
  SELECT * FROM ({counted_games}) AS g WHERE game_status = 3
),
box_lines AS ({box_lines}),
shots AS (
  SELECT
    game_id,
    player_id,
    COUNT(*) AS attempts,
    COUNTIF(is_made) AS makes,
    COUNTIF(is_three) AS three_attempts,
    COUNTIF(is_three AND is_made) AS three_makes,
    COUNTIF(zone IS NULL) AS unplaced,
    COUNTIF(is_made AND is_assisted IS NULL) AS unknown_assists,
    COUNTIF(zone = 'paint') AS paint_attempts,
    COUNTIF(zone = 'paint' AND is_made) AS paint_makes,
    COUNTIF(zone = 'mid_range') AS mid_range_attempts,
    COUNTIF(zone = 'mid_range' AND is_made) AS mid_range_makes,
    COUNTIF(is_made AND is_assisted) AS assisted_makes
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_id, player_id
),
shot_games AS (SELECT DISTINCT game_id FROM shots),
events AS (
  SELECT game_id, event_id, event_type, event_action_type, period, clock, player_1_id, player_3_id
  FROM nba_raw.nbac_play_by_play
  WHERE game_date BETWEEN @start_date AND @end_date AND event_type IN (1, 2, 3)
),
event_games AS (SELECT DISTINCT game_id FROM events),
blocks AS (
  SELECT
    e.game_id,
    e.player_3_id AS player_id,
    COUNTIF(s.zone = 'paint') AS paint,
    COUNTIF(s.zone = 'mid_range') AS mid_range,
    COUNTIF(s.zone = 'three') AS three
  FROM events AS e
  INNER JOIN nba_raw.nbac_shot_chart AS s ON s.game_id = e.game_id AND s.event_id = e.event_id
  WHERE e.event_type = 2 AND e.player_3_id IS NOT NULL AND s.game_date BETWEEN @start_date AND @end_date
  GROUP BY e.game_id, e.player_3_id
),
-- A make and a one-shot free throw (10; 20 after a flagrant foul) of the same player at the same moment.
and_ones AS (
  SELECT m.game_id, m.player_1_id AS player_id, COUNT(DISTINCT m.event_id) AS n
  FROM events AS m
  INNER JOIN events AS f
    ON f.game_id = m.game_id AND f.player_1_id = m.player_1_id AND f.period = m.period AND f.clock = m.clock
  WHERE m.event_type = 1 AND f.event_type = 3 AND f.event_action_type IN (10, 20)
  GROUP BY m.game_id, m.player_1_id
),
-- Where the schedule lists fewer than ten starters, play-by-play may show them: whoever has a part in the first period
-- before he comes in for somebody. Where that gives five of a team, it gave the right five in all 2,372 teams and games
-- of 2021-22 whose lists are whole.
opening AS (
  SELECT game_id, event_id, event_type, player_1_id, player_2_id, player_3_id
  FROM nba_raw.nbac_play_by_play
  WHERE game_date BETWEEN @start_date AND @end_date AND period = 1 AND event_type IN (1, 2, 3, 4, 5, 8, 10)
    AND game_id IN (SELECT game_id FROM games WHERE COALESCE(ARRAY_LENGTH(starter_ids), 0) < 10)
),
openers AS (
  SELECT game_id, player_id
  FROM (
    SELECT game_id, player_1_id AS player_id, 2 * event_id AS seen FROM opening
    UNION ALL
    -- In a substitution (8) the second player comes in.
    SELECT game_id, player_2_id, 2 * event_id + IF(event_type = 8, 1, 0) FROM opening
    UNION ALL
    SELECT game_id, player_3_id, 2 * event_id FROM opening
  )
  GROUP BY game_id, player_id
  HAVING MOD(MIN(seen), 2) = 0
),
props AS (
  SELECT game_id, player_id, points_line
  FROM ({known_props})
  WHERE player_id IS NOT NULL
  QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id, player_id ORDER BY snapshot_timestamp DESC, bookmaker) = 1
),
candidates AS (
  SELECT
    g.game_id,
    g.game_date,
    g.season_year,
    g.season_type,
    l.player_id,
    l.player_lookup,
    l.player_name,
    l.team_abbr,
    -- A side comes from the line alone: a man whose line names neither team of the game has none.
    CASE l.team_abbr WHEN g.home_team_tricode THEN g.away_team_tricode WHEN g.away_team_tricode THEN g.home_team_tricode END
      AS opponent_team_abbr,
    CASE l.team_abbr WHEN g.home_team_tricode THEN TRUE WHEN g.away_team_tricode THEN FALSE END AS home_game,
    l.player_id IN UNNEST(g.starter_ids) AS is_listed,
    o.player_id IS NOT NULL AS is_opener,
    240 + 25 * (g.periods - 4) AS exact_minutes,
    g.home_team_score > g.away_team_score AS home_won,
    l.seconds_played,
    l.points,
    l.field_goals_made,
    l.field_goals_attempted,
    l.three_pointers_made,
    l.three_pointers_attempted,
    l.free_throws_made,
    l.free_throws_attempted,
    l.offensive_rebounds,
    l.defensive_rebounds,
    l.assists,
    l.steals,
    l.blocks,
    l.turnovers,
    l.personal_fouls,
    l.plus_minus,
    l.is_starter,
    l.primary_source_used
  FROM games AS g
  LEFT JOIN box_lines AS l ON l.game_id = g.game_id
  LEFT JOIN openers AS o ON o.game_id = l.game_id AND o.player_id = l.player_id
),
sided AS (
  SELECT
    *,
    -- A man's side comes from his box-score line: a source names a team's starters if five of its men are among them.
    COUNT(CASE WHEN is_starter THEN 1 END) OVER (PARTITION BY game_id, team_abbr) = 5 AS book_knows,
    COUNT(CASE WHEN is_listed THEN 1 END) OVER (PARTITION BY game_id, team_abbr) = 5 AS list_knows,
    COUNT(CASE WHEN is_opener THEN 1 END) OVER (PARTITION BY game_id, team_abbr) = 5
      AND COUNT(CASE WHEN is_listed AND NOT is_opener THEN 1 END) OVER (PARTITION BY game_id, team_abbr) = 0
      AS events_know
  FROM candidates
),
joined AS (
  SELECT
    c.*,
    100 * c.field_goals_attempted + 44 * c.free_throws_attempted + 100 * c.turnovers AS plays_x100,
    100 * t.fg_attempted + 44 * t.ft_attempted + 100 * t.turnovers AS team_plays_x100,
    t.game_id IS NOT NULL AS has_team_line,
    sg.game_id IS NOT NULL
      AND COALESCE(s.attempts, 0) = c.field_goals_attempted
      AND COALESCE(s.makes, 0) = c.field_goals_made
      AND COALESCE(s.three_attempts, 0) = c.three_pointers_attempted
      AND COALESCE(s.three_makes, 0) = c.three_pointers_made
      AND COALESCE(s.unplaced, 0) = 0 AS zones_known,
    sg.game_id IS NOT NULL
      AND COALESCE(s.makes, 0) = c.field_goals_made
      AND COALESCE(s.unknown_assists, 0) = 0 AS assists_known,
    COALESCE(s.paint_attempts, 0) AS paint_attempts,
    COALESCE(s.paint_makes, 0) AS paint_makes,
    COALESCE(s.mid_range_attempts, 0) AS mid_range_attempts,
    COALESCE(s.mid_range_makes, 0) AS mid_range_makes,
    COALESCE(s.assisted_makes, 0) AS assisted_makes,
    eg.game_id IS NOT NULL AS has_events,
    eg.game_id IS NOT NULL
      AND COALESCE(k.paint, 0) + COALESCE(k.mid_range, 0) + COALESCE(k.three, 0) = c.blocks AS blocks_known,
    COALESCE(k.paint, 0) AS paint_blocks,
    COALESCE(k.mid_range, 0) AS mid_range_blocks,
    COALESCE(k.three, 0) AS three_pt_blocks,
    COALESCE(a.n, 0) AS and_ones,
    p.points_line
  FROM sided AS c
  LEFT JOIN nba_raw.nbac_team_boxscore AS t
    ON t.game_id = c.game_id AND t.team_abbr = c.team_abbr AND t.game_date BETWEEN @start_date AND @end_date
  LEFT JOIN shots AS s ON s.game_id = c.game_id AND s.player_id = c.player_id
  LEFT JOIN shot_games AS sg ON sg.game_id = c.game_id
  LEFT JOIN event_games AS eg ON eg.game_id = c.game_id
  LEFT JOIN blocks AS k ON k.game_id = c.game_id AND k.player_id = c.player_id
  LEFT JOIN and_ones AS a ON a.game_id = c.game_id AND a.player_id = c.player_id
  LEFT JOIN props AS p ON p.game_id = c.game_id AND p.player_id = c.player_id
)
SELECT
  game_id,
  game_date,
  season_year,
  season_type,
  player_id,
  player_lookup,
  player_name AS player_full_name,
  team_abbr,
  opponent_team_abbr,
  home_game,
  SAFE_DIVIDE(seconds_played, 60) AS minutes_played,
  seconds_played,
  points,
  offensive_rebounds,
  defensive_rebounds,
  assists,
  steals,
  blocks,
  turnovers,
  personal_fouls,
  plus_minus,
  field_goals_attempted AS fg_attempts,
  field_goals_made AS fg_makes,
  three_pointers_attempted AS three_pt_attempts,
  three_pointers_made AS three_pt_makes,
  free_throws_attempted AS ft_attempts,
  free_throws_made AS ft_makes,
  IF(zones_known, paint_attempts, NULL) AS paint_attempts,
  IF(zones_known, paint_makes, NULL) AS paint_makes,
  IF(zones_known, mid_range_attempts, NULL) AS mid_range_attempts,
  IF(zones_known, mid_range_makes, NULL) AS mid_range_makes,
  IF(blocks_known, paint_blocks, NULL) AS paint_blocks,
  IF(blocks_known, mid_range_blocks, NULL) AS mid_range_blocks,
  IF(blocks_known, three_pt_blocks, NULL) AS three_pt_blocks,
  IF(has_events, and_ones, NULL) AS and1_count,
  IF(assists_known, assisted_makes, NULL) AS assisted_fg_makes,
  IF(assists_known, field_goals_made - assisted_makes, NULL) AS unassisted_fg_makes,
  -- 100 * plays * (team minutes / 5) / (minutes * team plays), the minutes in seconds: 100 * 60 / 5 = 1200.
  IF(seconds_played < 180, NULL, SAFE_DIVIDE(1200 * plays_x100 * exact_minutes, seconds_played * team_plays_x100))
    AS usage_rate,
  SAFE_DIVIDE(100 * points, 2 * (100 * field_goals_attempted + 44 * free_throws_attempted)) AS ts_pct,
  SAFE_DIVIDE(2 * field_goals_made + three_pointers_made, 2 * field_goals_attempted) AS efg_pct,
  CASE
    WHEN book_knows THEN COALESCE(is_starter, FALSE)
    WHEN list_knows THEN COALESCE(is_listed, FALSE)
    WHEN events_know THEN is_opener
  END AS starter_flag,
  home_won = home_game AS win_flag,
  points_line,
  CASE
    WHEN points > points_line THEN 'OVER' WHEN points < points_line THEN 'UNDER' WHEN points = points_line THEN 'PUSH'
  END AS over_under_result,
  points - points_line AS points_margin,
  primary_source_used,
  IF(player_id IS NULL OR home_game IS NULL OR NOT has_team_line, 'MISSING_DEPENDENCY', NULL) AS failure_category,
  CASE
    WHEN player_lookup IS NULL THEN CONCAT('no player line for final game ', game_id)
    WHEN player_id IS NULL THEN CONCAT('no registered player for the name ', player_name, ' of ', primary_source_used)
    WHEN home_game IS NULL
      THEN CONCAT('the line of ', player_name, ' in ', primary_source_used, ' is of neither team of game ', game_id)
    WHEN NOT has_team_line THEN CONCAT('no team box score of ', team_abbr, ' for game ', game_id)
  END AS failure_reason,
  1 AS expected_game_count,
  0 AS actual_game_count,
  CAST(NULL AS BOOL) AS data_missing
FROM joined
