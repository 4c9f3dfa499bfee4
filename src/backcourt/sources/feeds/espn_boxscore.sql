-- nba_raw.espn_boxscore. Date and teams find the NBA's game. The lines must agree with the score on their own page; a
-- score that differs from the schedule's warns, because this source decides where two others disagree.
WITH sides AS (
  SELECT espn_game_id, COUNT(DISTINCT team) AS teams FROM nba_staging.espn_boxscore GROUP BY espn_game_id
),
lines AS (
  SELECT
    r.*,
    n.player_lookup, g.teams,
    CONCAT(COALESCE(r.player_name, '?'), ' (', COALESCE(r.team, '?'), ')') AS who,
    {game_code} AS code,
    s.game_id AS known_game, s.game_status, s.periods,
    r.home <> s.home_team_tricode AS is_turned,
    IF(r.team = s.home_team_tricode, s.home_team_score, s.away_team_score) AS known_score,
    IF(r.team = r.home, r.home_score, r.away_score) AS own_score,
    SUM(r.pts) OVER (PARTITION BY r.espn_game_id, r.team) AS team_points,
    COUNT(*) OVER (PARTITION BY r.espn_game_id, r.team, n.player_lookup) AS copies
  FROM nba_staging.espn_boxscore AS r
  INNER JOIN sides AS g ON g.espn_game_id IS NOT DISTINCT FROM r.espn_game_id
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  {game_of_teams}
)
SELECT
  known_game AS game_id,
  game_date,
  @season_year AS season_year,
  team AS team_abbr,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  player_name AS player_full_name,
  espn_player_id,
  espn_game_id,
  is_starter,
  dnp_reason,
  minutes,
  {counts_named},
  plus_minus,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    {known_code},
    IF(game_status <> 3 OR COALESCE(state, '') <> 'post',
       FORMAT('game_is_final: the page says %s', COALESCE(state, 'nothing')), NULL),
    IF(teams <> 2, FORMAT('two_teams: %d teams have lines', teams), NULL),
    IF(team NOT IN (home, away), FORMAT('team_in_game: %s stands on neither side', who), NULL),
    IF(COALESCE(player_lookup, '') = '' OR team IS NULL OR espn_game_id IS NULL OR espn_player_id IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(minutes IS NOT NULL AND LEAST({counts}) IS NULL, FORMAT('required_fields: %s misses a count', who), NULL),
    IF(minutes IS NULL AND COALESCE({counts}) IS NOT NULL,
       FORMAT('minutes_present: %s has counts and no minutes', who), NULL),
    IF(dnp_reason IS NOT NULL AND minutes > 0, FORMAT('dnp_or_minutes: %s has both', who), NULL),
    IF(LEAST(minutes, {counts}) < 0, FORMAT('not_negative: %s has a count below 0', who), NULL),
    IF(minutes > 48 + 5 * (periods - 4),
       FORMAT('minutes_in_game: %s %d of %d', who, minutes, 48 + 5 * (periods - 4)), NULL),
    {counts_add_up},
    IF(team_points IS NULL OR own_score IS NULL OR team_points <> own_score,
       FORMAT('team_total: the score of %s is not what its players make', COALESCE(team, '?')), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(is_turned, 'home_differs', NULL),
    IF(own_score <> known_score, 'score_differs', NULL)
  ], '; '), '') AS warning
FROM lines
