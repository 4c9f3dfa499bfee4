-- nba_raw.nbac_team_boxscore. Home and away, date and plus_minus come from the schedule, never from the file.
WITH games AS (
  SELECT game_id, COUNT(DISTINCT team_abbreviation) AS teams FROM nba_staging.team_boxscores GROUP BY game_id
),
lines AS (
  SELECT
    t.game_id, t.team_id, t.team_abbreviation, t.team_name,
    COALESCE(t.team_abbreviation, '?') AS who,
    CAST(t.min AS STRING) AS minutes,
    t.fgm, t.fga, t.fg3m, t.fg3a, t.ftm, t.fta, t.oreb, t.dreb, t.reb, t.ast, t.stl, t.blk, t.tov, t.pf, t.pts,
    t.is_home AS stated_home,
    CAST(ROUND(t.plus_minus) AS INT64) AS stated_plus_minus,
    g.teams, k.tricode AS known_team, s.game_id AS known_game, s.game_date, s.game_status, s.periods,
    t.team_abbreviation = s.home_team_tricode AS is_home,
    t.team_abbreviation IN (s.home_team_tricode, s.away_team_tricode) AS in_game,
    IF(t.team_abbreviation = s.home_team_tricode, s.home_team_score, s.away_team_score) AS own_score,
    IF(t.team_abbreviation = s.home_team_tricode, s.away_team_score, s.home_team_score) AS other_score,
    COUNT(*) OVER (PARTITION BY t.game_id, t.team_abbreviation) AS copies
  FROM nba_staging.team_boxscores AS t
  JOIN games AS g ON g.game_id IS NOT DISTINCT FROM t.game_id
  LEFT JOIN nba_staging.teams AS k ON k.tricode = t.team_abbreviation AND k.team_id = t.team_id
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = t.game_id AND s.season_year = @season_year
),
timed AS (
  SELECT
    *,
    STRPOS(minutes, ':') > 0 AS exact_minutes,
    IF(STRPOS(minutes, ':') > 0,
       SAFE_CAST(SPLIT(minutes, ':')[SAFE_OFFSET(0)] AS INT64) * 60 + SAFE_CAST(SPLIT(minutes, ':')[SAFE_OFFSET(1)] AS INT64),
       SAFE_CAST(minutes AS INT64) * 60) AS seconds_played,
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
    IF(known_game IS NULL, 'known_game: the schedule does not have it', NULL),
    IF(game_status <> 3, 'game_is_final: the schedule says that it is not over', NULL),
    IF(teams <> 2, CONCAT('two_teams: ', CAST(teams AS STRING), ' teams have a line'), NULL),
    IF(known_team IS NULL AND team_abbreviation IS NOT NULL AND team_id IS NOT NULL,
       CONCAT('known_team: ', team_abbreviation, ' ', CAST(team_id AS STRING), ' is none of the 30'), NULL),
    IF(known_team IS NOT NULL AND NOT in_game, CONCAT('team_in_game: the schedule has other teams than ', who), NULL),
    IF(game_id IS NULL OR team_abbreviation IS NULL OR team_id IS NULL OR seconds_played IS NULL OR fgm IS NULL
       OR fga IS NULL OR fg3m IS NULL OR fg3a IS NULL OR ftm IS NULL OR fta IS NULL OR oreb IS NULL OR dreb IS NULL
       OR reb IS NULL OR ast IS NULL OR stl IS NULL OR blk IS NULL OR tov IS NULL OR pf IS NULL OR pts IS NULL,
       CONCAT('required_fields: ', who, ' misses a field'), NULL),
    IF(LEAST(fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts) < 0,
       CONCAT('not_negative: ', who, ' has a count below 0'), NULL),
    IF(fgm > fga OR fg3m > fg3a OR ftm > fta,
       CONCAT('made_over_attempted: ', who, ' field goals ', CAST(fgm AS STRING), '/', CAST(fga AS STRING), ', threes ',
              CAST(fg3m AS STRING), '/', CAST(fg3a AS STRING), ', free throws ', CAST(ftm AS STRING), '/',
              CAST(fta AS STRING)), NULL),
    IF(fg3m > fgm OR fg3a > fga,
       CONCAT('threes_within_field_goals: ', who, ' threes ', CAST(fg3m AS STRING), '/', CAST(fg3a AS STRING),
              ' of field goals ', CAST(fgm AS STRING), '/', CAST(fga AS STRING)), NULL),
    IF(oreb + dreb <> reb,
       CONCAT('rebounds_add_up: ', who, ' ', CAST(oreb AS STRING), ' + ', CAST(dreb AS STRING), ' is not ',
              CAST(reb AS STRING)), NULL),
    IF(pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm,
       CONCAT('points_add_up: ', who, ' ', CAST(pts AS STRING), ' points, the shots make ',
              CAST(2 * (fgm - fg3m) + 3 * fg3m + ftm AS STRING)), NULL),
    IF(ABS(seconds_played - seconds_expected) > IF(exact_minutes, 5, 300),
       CONCAT('minutes_add_up: ', who, ' ', minutes, ', the periods make ',
              CAST(240 + 25 * (periods - 4) AS STRING)), NULL),
    IF(pts <> own_score,
       CONCAT('score_matches_schedule: ', who, ' ', CAST(pts AS STRING), ', the schedule says ',
              CAST(own_score AS STRING)), NULL),
    IF(copies > 1, CONCAT('duplicate_key: ', who, ' has ', CAST(copies AS STRING), ' lines'), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(stated_plus_minus <> own_score - other_score, 'plus_minus_differs', NULL),
    IF(stated_home <> is_home, 'home_differs', NULL)
  ], '; '), '') AS warning
FROM timed
