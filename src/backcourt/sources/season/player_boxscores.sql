-- nba_raw.nbac_player_boxscore. A player's game, team side and date come from the schedule.
WITH repeated AS (
  SELECT game_id, player_id, COUNT(*) AS copies
  FROM nba_staging.player_boxscores GROUP BY game_id, player_id HAVING COUNT(*) > 1
),
totals AS (
  SELECT game_id, team_abbreviation, SUM(pts) AS points
  FROM nba_staging.player_boxscores GROUP BY game_id, team_abbreviation
),
lines AS (
  SELECT
    p.game_id, p.player_id, p.player_name, n.player_lookup, p.team_abbreviation, p.min,
    p.fgm, p.fga, p.fg3m, p.fg3a, p.ftm, p.fta, p.oreb, p.dreb, p.reb, p.ast, p.stl, p.blk, p.tov, p.pf, p.pts,
    p.is_home AS stated_home,
    CAST(ROUND(p.plus_minus) AS INT64) AS plus_minus,
    CONCAT(COALESCE(p.player_name, '?'), ' (', COALESCE(p.team_abbreviation, '?'), ')') AS who,
    r.copies, t.points AS team_points, s.game_id AS known_game, s.game_date, s.game_status, s.periods,
    p.team_abbreviation = s.home_team_tricode AS is_home,
    IF(p.team_abbreviation = s.home_team_tricode, s.away_team_tricode, s.home_team_tricode) AS opponent,
    p.team_abbreviation IN (s.home_team_tricode, s.away_team_tricode) AS in_game,
    IF(p.team_abbreviation = s.home_team_tricode, s.home_team_score, s.away_team_score) AS own_score
  FROM nba_staging.player_boxscores AS p
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = p.player_name
  LEFT JOIN repeated AS r ON r.game_id = p.game_id AND r.player_id = p.player_id
  LEFT JOIN totals AS t ON t.game_id = p.game_id AND t.team_abbreviation = p.team_abbreviation
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = p.game_id AND s.season_year = @season_year
)
SELECT
  game_id,
  game_date,
  @season_year AS season_year,
  player_id,
  player_name,
  player_lookup,
  team_abbreviation AS team_abbr,
  opponent AS opponent_team_abbr,
  is_home,
  pts AS points,
  fgm AS field_goals_made,
  fga AS field_goals_attempted,
  fg3m AS three_pointers_made,
  fg3a AS three_pointers_attempted,
  ftm AS free_throws_made,
  fta AS free_throws_attempted,
  oreb AS offensive_rebounds,
  dreb AS defensive_rebounds,
  reb AS total_rebounds,
  ast AS assists,
  stl AS steals,
  blk AS blocks,
  tov AS turnovers,
  pf AS personal_fouls,
  plus_minus,
  min AS minutes,
  NULLIF(ARRAY_TO_STRING([
    IF(known_game IS NULL, 'known_game: the schedule does not have it', NULL),
    IF(game_status <> 3, 'game_is_final: the schedule says that it is not over', NULL),
    IF(NOT in_game, FORMAT('team_in_game: the schedule has other teams, %s', who), NULL),
    IF(game_id IS NULL OR player_id IS NULL OR COALESCE(player_lookup, '') = '' OR team_abbreviation IS NULL
       OR min IS NULL OR fgm IS NULL OR fga IS NULL OR fg3m IS NULL OR fg3a IS NULL OR ftm IS NULL OR fta IS NULL
       OR oreb IS NULL OR dreb IS NULL OR reb IS NULL OR ast IS NULL OR stl IS NULL OR blk IS NULL OR tov IS NULL
       OR pf IS NULL OR pts IS NULL, FORMAT('required_fields: %s misses a field', who), NULL),
    IF(LEAST(min, fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts) < 0,
       FORMAT('not_negative: %s has a count below 0', who), NULL),
    IF(fgm > fga OR fg3m > fg3a OR ftm > fta,
       FORMAT('made_over_attempted: %s field goals %d/%d, threes %d/%d, free throws %d/%d', who, fgm, fga, fg3m, fg3a,
       ftm, fta), NULL),
    IF(fg3m > fgm OR fg3a > fga,
       FORMAT('threes_within_field_goals: %s threes %d/%d of field goals %d/%d', who, fg3m, fg3a, fgm, fga), NULL),
    IF(oreb + dreb <> reb,
       FORMAT('rebounds_add_up: %s %d + %d is not %d', who, oreb, dreb, reb), NULL),
    IF(pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm,
       FORMAT('points_add_up: %s %d points, the shots make %d', who, pts, 2 * (fgm - fg3m) + 3 * fg3m + ftm), NULL),
    IF(min > 48 + 5 * (periods - 4),
       FORMAT('minutes_in_game: %s %d of %d', who, min, 48 + 5 * (periods - 4)), NULL),
    IF(in_game AND team_points <> own_score,
       FORMAT('team_total: players of %s make %d points, the schedule says %d', team_abbreviation, team_points,
       own_score), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(stated_home <> is_home, 'home_differs', NULL) AS warning
FROM lines
