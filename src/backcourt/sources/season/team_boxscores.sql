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
       SAFE_CAST(SPLIT(minutes, ':')[SAFE_OFFSET(0)] AS INT64) * 60 + SAFE_CAST(SPLIT(minutes,
       ':')[SAFE_OFFSET(1)] AS INT64),
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
    IF(teams <> 2, FORMAT('two_teams: %d teams have a line', teams), NULL),
    IF(known_team IS NULL AND team_abbreviation IS NOT NULL AND team_id IS NOT NULL,
       FORMAT('known_team: %s %d is none of the 30', team_abbreviation, team_id), NULL),
    IF(known_team IS NOT NULL AND NOT in_game, FORMAT('team_in_game: the schedule has other teams than %s', who),
           NULL),
    IF(game_id IS NULL OR team_abbreviation IS NULL OR team_id IS NULL OR seconds_played IS NULL OR fgm IS NULL
       OR fga IS NULL OR fg3m IS NULL OR fg3a IS NULL OR ftm IS NULL OR fta IS NULL OR oreb IS NULL OR dreb IS NULL
       OR reb IS NULL OR ast IS NULL OR stl IS NULL OR blk IS NULL OR tov IS NULL OR pf IS NULL OR pts IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(LEAST(fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts) < 0,
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
