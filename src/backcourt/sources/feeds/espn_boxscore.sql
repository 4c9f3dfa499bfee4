-- nba_raw.espn_boxscore. Date and teams find the NBA's game. The lines must agree with the score on their own page; a
-- score that differs from the schedule's warns, because this source decides where two others disagree.
WITH lines AS (
  SELECT
    e.*,
    n.player_lookup,
    CONCAT(COALESCE(e.player_name, '?'), ' (', COALESCE(e.team, '?'), ')') AS who,
    CONCAT(FORMAT_DATE('%Y%m%d', e.game_date), '/', COALESCE(e.away, '?'), COALESCE(e.home, '?')) AS code,
    s.game_id AS known_game, s.game_status, s.periods, s.home_team_tricode,
    e.home <> s.home_team_tricode AS is_turned,
    IF(e.team = s.home_team_tricode, s.home_team_score, s.away_team_score) AS known_score,
    IF(e.team = e.home, e.home_score, e.away_score) AS own_score,
    SUM(e.pts) OVER (PARTITION BY e.espn_game_id, e.team) AS team_points,
    COUNT(*) OVER (PARTITION BY e.espn_game_id, e.team, n.player_lookup) AS copies
  FROM nba_staging.espn_boxscore AS e
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = e.player_name
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_date = e.game_date AND s.season_year = @season_year
    AND e.home IN (s.home_team_tricode, s.away_team_tricode) AND e.away IN (s.home_team_tricode, s.away_team_tricode)
    AND e.home <> e.away
),
sides AS (
  SELECT espn_game_id, COUNT(DISTINCT team) AS teams FROM nba_staging.espn_boxscore GROUP BY espn_game_id
)
SELECT
  l.known_game AS game_id,
  l.game_date,
  @season_year AS season_year,
  l.team AS team_abbr,
  l.player_lookup,
  CAST(NULL AS INT64) AS player_id,
  l.player_name AS player_full_name,
  l.espn_player_id,
  l.espn_game_id,
  l.is_starter,
  l.dnp_reason,
  l.minutes,
  l.pts AS points,
  l.fgm AS field_goals_made,
  l.fga AS field_goals_attempted,
  l.fg3m AS three_pointers_made,
  l.fg3a AS three_pointers_attempted,
  l.ftm AS free_throws_made,
  l.fta AS free_throws_attempted,
  l.oreb AS offensive_rebounds,
  l.dreb AS defensive_rebounds,
  l.reb AS total_rebounds,
  l.ast AS assists,
  l.stl AS steals,
  l.blk AS blocks,
  l.tov AS turnovers,
  l.pf AS personal_fouls,
  l.plus_minus,
  l.landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(l.known_game IS NULL, FORMAT('known_game: the schedule has no %s', COALESCE(l.code, 'game without a date')),
       NULL),
    IF(l.game_status <> 3 OR COALESCE(l.state, '') <> 'post',
       FORMAT('game_is_final: the page says %s', COALESCE(l.state, 'nothing')), NULL),
    IF(g.teams <> 2, FORMAT('two_teams: %d teams have lines', g.teams), NULL),
    IF(l.team NOT IN (l.home, l.away), FORMAT('team_in_game: %s stands on neither side', l.who), NULL),
    IF(COALESCE(l.player_lookup, '') = '' OR l.team IS NULL OR l.espn_game_id IS NULL OR l.espn_player_id IS NULL,
       FORMAT('required_fields: %s misses a field', l.who), NULL),
    IF(l.minutes IS NOT NULL AND (l.fgm IS NULL OR l.fga IS NULL OR l.fg3m IS NULL OR l.fg3a IS NULL OR l.ftm IS NULL
       OR l.fta IS NULL OR l.oreb IS NULL OR l.dreb IS NULL OR l.reb IS NULL OR l.ast IS NULL OR l.stl IS NULL
       OR l.blk IS NULL OR l.tov IS NULL OR l.pf IS NULL OR l.pts IS NULL),
       FORMAT('required_fields: %s misses a count', l.who), NULL),
    IF(l.minutes IS NULL AND COALESCE(l.fgm, l.fga, l.fg3m, l.fg3a, l.ftm, l.fta, l.oreb, l.dreb, l.reb, l.ast, l.stl,
       l.blk, l.tov, l.pf, l.pts) IS NOT NULL, FORMAT('minutes_present: %s has counts and no minutes', l.who), NULL),
    IF(l.dnp_reason IS NOT NULL AND l.minutes > 0, FORMAT('dnp_or_minutes: %s has both', l.who), NULL),
    IF(LEAST(l.minutes, l.fgm, l.fga, l.fg3m, l.fg3a, l.ftm, l.fta, l.oreb, l.dreb, l.reb, l.ast, l.stl, l.blk, l.tov,
       l.pf, l.pts) < 0, FORMAT('not_negative: %s has a count below 0', l.who), NULL),
    IF(l.minutes > 48 + 5 * (l.periods - 4),
       FORMAT('minutes_in_game: %s %d of %d', l.who, l.minutes, 48 + 5 * (l.periods - 4)), NULL),
    IF(l.fgm > l.fga OR l.fg3m > l.fg3a OR l.ftm > l.fta,
       FORMAT('made_over_attempted: %s field goals %d/%d, threes %d/%d, free throws %d/%d', l.who, l.fgm, l.fga, l.fg3m,
       l.fg3a, l.ftm, l.fta), NULL),
    IF(l.fg3m > l.fgm OR l.fg3a > l.fga,
       FORMAT('threes_within_field_goals: %s threes %d/%d of field goals %d/%d', l.who, l.fg3m, l.fg3a, l.fgm, l.fga),
       NULL),
    IF(l.oreb + l.dreb <> l.reb, FORMAT('rebounds_add_up: %s %d + %d is not %d', l.who, l.oreb, l.dreb, l.reb), NULL),
    IF(l.pts <> 2 * (l.fgm - l.fg3m) + 3 * l.fg3m + l.ftm,
       FORMAT('points_add_up: %s %d points, the shots make %d', l.who, l.pts,
       2 * (l.fgm - l.fg3m) + 3 * l.fg3m + l.ftm), NULL),
    IF(l.team_points IS NULL OR l.own_score IS NULL OR l.team_points <> l.own_score,
       FORMAT('team_total: the score of %s is not what its players make', COALESCE(l.team, '?')), NULL),
    IF(l.copies > 1, FORMAT('duplicate_key: %s has %d lines', l.who, l.copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(l.is_turned, 'home_differs', NULL),
    IF(l.own_score <> l.known_score, 'score_differs', NULL)
  ], '; '), '') AS warning
FROM lines AS l
JOIN sides AS g ON g.espn_game_id IS NOT DISTINCT FROM l.espn_game_id
