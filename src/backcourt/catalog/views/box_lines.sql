-- Who played in which game, line by line: the one place that says so. MM:SS beats whole minutes, and a line counts if its
-- minutes are above 0. In a source of whole minutes 0 may be a rounded fraction: such a line counts, too, unless a
-- source of MM:SS has lines of that team, which then decides. Ball Don't Lie, which knows players by name, is asked only
-- for games of which the league has no line at all.
SELECT
  game_id, game_date, player_id, player_lookup, player_name, team_abbr, seconds_played, points, field_goals_made,
  field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made, free_throws_attempted,
  offensive_rebounds, defensive_rebounds, assists, steals, blocks, turnovers, personal_fouls, plus_minus,
  is_starter, 'nbac_gamebook_player_stats' AS primary_source_used
FROM nba_raw.nbac_gamebook_player_stats
WHERE game_date {within} AND seconds_played > 0
UNION ALL
SELECT
  b.game_id, b.game_date, b.player_id, b.player_lookup, b.player_name, b.team_abbr, 60 * b.minutes, b.points,
  b.field_goals_made, b.field_goals_attempted, b.three_pointers_made, b.three_pointers_attempted, b.free_throws_made,
  b.free_throws_attempted, b.offensive_rebounds, b.defensive_rebounds, b.assists, b.steals, b.blocks, b.turnovers,
  b.personal_fouls, b.plus_minus, CAST(NULL AS BOOL), 'nbac_player_boxscore'
FROM nba_raw.nbac_player_boxscore AS b
LEFT JOIN nba_raw.nbac_gamebook_player_stats AS g
  ON g.game_id = b.game_id AND g.player_id = b.player_id AND g.seconds_played IS NOT NULL AND g.game_date {within}
LEFT JOIN (
  SELECT DISTINCT game_id, team_abbr
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date {within} AND seconds_played IS NOT NULL
) AS timed ON timed.game_id = b.game_id AND timed.team_abbr = b.team_abbr
WHERE b.game_date {within} AND g.player_id IS NULL AND (b.minutes > 0 OR timed.game_id IS NULL)
UNION ALL
SELECT
  d.game_id, d.game_date, d.player_id, COALESCE(called.player_lookup, d.player_lookup),
  COALESCE(called.player_name, d.player_full_name), d.team_abbr, d.seconds_played, d.points, d.field_goals_made,
  d.field_goals_attempted, d.three_pointers_made, d.three_pointers_attempted, d.free_throws_made,
  d.free_throws_attempted, d.offensive_rebounds, d.defensive_rebounds, d.assists, d.steals, d.blocks, d.turnovers,
  d.personal_fouls, CAST(NULL AS INT64), CAST(NULL AS BOOL), 'bdl_player_boxscores'
FROM (
  SELECT
    *,
    60 * SAFE_CAST(SPLIT(minutes, ':')[OFFSET(0)] AS INT64)
      + COALESCE(SAFE_CAST(SPLIT(minutes, ':')[SAFE_OFFSET(1)] AS INT64), 0) AS seconds_played
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date {within} AND minutes IS NOT NULL
) AS d
-- The partner spells as it likes; whoever has an id is called as the registry calls him.
LEFT JOIN ({official_names}) AS called ON called.player_id = d.player_id
WHERE (d.seconds_played > 0 OR STRPOS(d.minutes, ':') = 0)
  AND d.game_id NOT IN (
    SELECT game_id FROM nba_raw.nbac_gamebook_player_stats WHERE game_date {within} AND seconds_played IS NOT NULL
  )
  AND d.game_id NOT IN (SELECT game_id FROM nba_raw.nbac_player_boxscore WHERE game_date {within})
