-- nba_raw.bdl_player_boxscores. The source's games carry no id of the NBA: date and teams find the game, and home and
-- away are the schedule's. A game that cannot be found is held back under its code ("20240115/HOUPHI").
WITH kept AS (
  -- The source's two shapes tell the same line; only one of them has the game's id.
  SELECT
    game_date, home, away, team, player_name, bdl_player_id, is_postseason, status, home_score, away_score, minutes,
    fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts,
    MAX(bdl_game_id) AS bdl_game_id, MIN(landed_from) AS landed_from
  FROM nba_staging.bdl_boxscores
  GROUP BY
    game_date, home, away, team, player_name, bdl_player_id, is_postseason, status, home_score, away_score, minutes,
    fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts
),
lines AS (
  SELECT
    k.*,
    n.player_lookup,
    CONCAT(COALESCE(k.player_name, '?'), ' (', COALESCE(k.team, '?'), ')') AS who,
    CONCAT(FORMAT_DATE('%Y%m%d', k.game_date), '/', COALESCE(k.away, '?'), COALESCE(k.home, '?')) AS code,
    SAFE_CAST(SPLIT(k.minutes, ':')[SAFE_OFFSET(0)] AS INT64) AS whole_minutes,
    s.game_id AS known_game, s.game_status, s.periods, s.home_team_tricode, s.away_team_tricode,
    IF(k.home = s.home_team_tricode, k.home_score, k.away_score) AS stated_home_score,
    IF(k.home = s.home_team_tricode, k.away_score, k.home_score) AS stated_away_score,
    s.home_team_score, s.away_team_score,
    k.home <> s.home_team_tricode AS is_turned,
    SUM(k.pts) OVER (PARTITION BY k.game_date, k.home, k.away, k.team) AS team_points,
    COUNT(*) OVER (PARTITION BY k.game_date, k.home, k.away, n.player_lookup) AS copies
  FROM kept AS k
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = k.player_name
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_date = k.game_date AND s.season_year = @season_year
    AND k.home IN (s.home_team_tricode, s.away_team_tricode) AND k.away IN (s.home_team_tricode, s.away_team_tricode)
    AND k.home <> k.away
)
SELECT
  COALESCE(known_game, code) AS game_id,
  game_date,
  @season_year AS season_year,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  player_name AS player_full_name,
  bdl_player_id,
  bdl_game_id,
  is_postseason,
  home_team_tricode AS home_team_abbr,
  away_team_tricode AS away_team_abbr,
  team AS team_abbr,
  minutes,
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
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(known_game IS NULL, FORMAT('known_game: the schedule has no %s', COALESCE(code, 'game without a date')), NULL),
    IF(game_status <> 3 OR NOT STARTS_WITH(COALESCE(status, ''), 'Final'),
       FORMAT('game_is_final: the source says %s', COALESCE(status, 'nothing')), NULL),
    IF(COALESCE(player_lookup, '') = '' OR team IS NULL OR home IS NULL OR away IS NULL OR bdl_player_id IS NULL
       OR home_score IS NULL OR away_score IS NULL, FORMAT('required_fields: %s misses a field', who), NULL),
    IF(minutes IS NOT NULL AND (fgm IS NULL OR fga IS NULL OR fg3m IS NULL OR fg3a IS NULL OR ftm IS NULL
       OR fta IS NULL OR oreb IS NULL OR dreb IS NULL OR reb IS NULL OR ast IS NULL OR stl IS NULL OR blk IS NULL
       OR tov IS NULL OR pf IS NULL OR pts IS NULL), FORMAT('required_fields: %s misses a count', who), NULL),
    IF(minutes IS NULL AND COALESCE(fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts)
       IS NOT NULL, FORMAT('minutes_present: %s has counts and no minutes', who), NULL),
    IF(team NOT IN (home, away), FORMAT('team_in_game: %s stands on neither side', who), NULL),
    IF(NOT REGEXP_CONTAINS(minutes, r'^[0-9]{1,3}(:[0-5][0-9])?$'),
       FORMAT('minutes_readable: %s %s', who, minutes), NULL),
    IF(whole_minutes > 48 + 5 * (periods - 4),
       FORMAT('minutes_in_game: %s %d of %d', who, whole_minutes, 48 + 5 * (periods - 4)), NULL),
    IF(LEAST(fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts) < 0,
       FORMAT('not_negative: %s has a count below 0', who), NULL),
    IF(fgm > fga OR fg3m > fg3a OR ftm > fta,
       FORMAT('made_over_attempted: %s field goals %d/%d, threes %d/%d, free throws %d/%d', who, fgm, fga, fg3m, fg3a,
       ftm, fta), NULL),
    IF(fg3m > fgm OR fg3a > fga,
       FORMAT('threes_within_field_goals: %s threes %d/%d of field goals %d/%d', who, fg3m, fg3a, fgm, fga), NULL),
    IF(oreb + dreb <> reb, FORMAT('rebounds_add_up: %s %d + %d is not %d', who, oreb, dreb, reb), NULL),
    IF(pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm,
       FORMAT('points_add_up: %s %d points, the shots make %d', who, pts, 2 * (fgm - fg3m) + 3 * fg3m + ftm), NULL),
    IF(stated_home_score <> home_team_score OR stated_away_score <> away_team_score,
       FORMAT('score_matches_schedule: %d-%d, the schedule says %d-%d', stated_away_score, stated_home_score,
       away_team_score, home_team_score), NULL),
    IF(team IN (home_team_tricode, away_team_tricode)
       AND team_points <> IF(team = home_team_tricode, home_team_score, away_team_score),
       FORMAT('team_total: players of %s make %d points, the schedule says %d', team, team_points,
       IF(team = home_team_tricode, home_team_score, away_team_score)), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(is_turned, 'home_differs', NULL) AS warning
FROM lines
