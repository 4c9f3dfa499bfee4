-- nba_raw.nbac_team_boxscore. Home and away, date and plus_minus come from the schedule, never from the file.
WITH games AS (
  SELECT game_id, COUNT(DISTINCT team_abbreviation) AS teams FROM nba_staging.team_boxscores GROUP BY game_id
),
lines AS (
  SELECT
    r.game_id, r.team_id, r.team_abbreviation, r.team_name,
    COALESCE(r.team_abbreviation, '?') AS who,
    CAST(r.min AS STRING) AS minutes, {counts},
    r.is_home AS stated_home,
    CAST(ROUND(r.plus_minus) AS INT64) AS stated_plus_minus,
    g.teams, k.tricode AS known_team, s.game_id AS known_game, s.game_date, s.game_status, s.periods,
    {side},
    IF(r.team_abbreviation = s.home_team_tricode, s.away_team_score, s.home_team_score) AS other_score,
    COUNT(*) OVER (PARTITION BY r.game_id, r.team_abbreviation) AS copies
  FROM nba_staging.team_boxscores AS r
  INNER JOIN games AS g ON g.game_id IS NOT DISTINCT FROM r.game_id
  LEFT JOIN nba_staging.teams AS k ON k.tricode = r.team_abbreviation AND k.team_id = r.team_id
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = r.game_id AND s.season_year = @season_year
),
timed AS (
  SELECT
    *,
    STRPOS(minutes, ':') > 0 AS exact_minutes,
    IF(STRPOS(minutes, ':') > 0, {seconds}, SAFE_CAST(minutes AS INT64) * 60) AS seconds_played,
    (240 + 25 * (periods - 4)) * 60 AS seconds_expected
  FROM lines
)
SELECT
  game_id,
  game_date,
  @season_year AS season_year,
  team_id,
  team_abbreviation AS team_abbr,
  team_name,
  is_home,
  minutes,
  seconds_played,
  fgm AS fg_made,
  fga AS fg_attempted,
  fg3m AS three_pt_made,
  fg3a AS three_pt_attempted,
  ftm AS ft_made,
  fta AS ft_attempted,
  oreb AS offensive_rebounds,
  dreb AS defensive_rebounds,
  reb AS total_rebounds,
  ast AS assists,
  stl AS steals,
  blk AS blocks,
  tov AS turnovers,
  pf AS personal_fouls,
  pts AS points,
  own_score - other_score AS plus_minus,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    {game_is_final},
    IF(teams <> 2, FORMAT('two_teams: %d teams have a line', teams), NULL),
    IF(known_team IS NULL AND team_abbreviation IS NOT NULL AND team_id IS NOT NULL,
       FORMAT('known_team: %s %d is %s', team_abbreviation, team_id, {no_team}), NULL),
    IF(known_team IS NOT NULL AND NOT in_game, FORMAT('team_in_game: the schedule has other teams than %s', who),
           NULL),
    IF(game_id IS NULL OR team_abbreviation IS NULL OR team_id IS NULL OR LEAST(seconds_played, {counts}) IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(LEAST({counts}) < 0, FORMAT('not_negative: %s has a count below 0', who), NULL),
    {counts_add_up},
    IF(ABS(seconds_played - seconds_expected) > IF(exact_minutes, 5, 300),
       FORMAT('minutes_add_up: %s %s, the periods make %d', who, minutes, 240 + 25 * (periods - 4)), NULL),
    IF(pts <> own_score,
       FORMAT('score_matches_schedule: %s %d, the schedule says %d', who, pts, own_score), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(stated_plus_minus <> own_score - other_score, 'plus_minus_differs', NULL),
    IF(stated_home <> is_home, 'home_differs', NULL)
  ], '; '), '') AS warning
FROM timed
