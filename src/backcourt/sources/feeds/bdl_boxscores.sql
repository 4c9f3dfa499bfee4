-- nba_raw.bdl_player_boxscores. The source's games carry no id of the NBA: date and teams find the game, and home and
-- away are the schedule's. A game that cannot be found is held back under its code ("20240115/HOUPHI").
WITH kept AS (
  -- The source's two shapes tell the same line; only one of them has the game's id.
  SELECT
    game_date, home, away, team AS team_abbreviation, player_name, bdl_player_id, is_postseason, status, home_score,
    away_score, minutes, {counts},
    MAX(bdl_game_id) AS bdl_game_id, MIN(landed_from) AS landed_from
  FROM nba_staging.bdl_boxscores
  GROUP BY
    game_date, home, away, team, player_name, bdl_player_id, is_postseason, status, home_score, away_score, minutes,
    {counts}
),
lines AS (
  SELECT
    r.*,
    n.player_lookup,
    CONCAT(COALESCE(r.player_name, '?'), ' (', COALESCE(r.team_abbreviation, '?'), ')') AS who,
    {game_code} AS code,
    SAFE_CAST(SPLIT(r.minutes, ':')[SAFE_OFFSET(0)] AS INT64) AS whole_minutes,
    s.game_id AS known_game, s.game_status, s.periods, s.home_team_tricode, s.away_team_tricode,
    IF(r.home = s.home_team_tricode, r.home_score, r.away_score) AS stated_home_score,
    IF(r.home = s.home_team_tricode, r.away_score, r.home_score) AS stated_away_score,
    s.home_team_score, s.away_team_score,
    r.home <> s.home_team_tricode AS is_turned,
    {side},
    SUM(r.pts) OVER (PARTITION BY r.game_date, r.home, r.away, r.team_abbreviation) AS team_points,
    COUNT(*) OVER (PARTITION BY r.game_date, r.home, r.away, n.player_lookup) AS copies
  FROM kept AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  {game_of_teams}
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
  team_abbreviation AS team_abbr,
  minutes,
  {counts_named},
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    {known_code},
    IF(game_status <> 3 OR NOT STARTS_WITH(COALESCE(status, ''), 'Final'),
       FORMAT('game_is_final: the source says %s', COALESCE(status, 'nothing')), NULL),
    IF(COALESCE(player_lookup, '') = '' OR team_abbreviation IS NULL OR home IS NULL OR away IS NULL
       OR bdl_player_id IS NULL OR home_score IS NULL OR away_score IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(minutes IS NOT NULL AND LEAST({counts}) IS NULL, FORMAT('required_fields: %s misses a count', who), NULL),
    IF(minutes IS NULL AND COALESCE({counts}) IS NOT NULL,
       FORMAT('minutes_present: %s has counts and no minutes', who), NULL),
    IF(team_abbreviation NOT IN (home, away), FORMAT('team_in_game: %s stands on neither side', who), NULL),
    IF(NOT REGEXP_CONTAINS(minutes, r'^[0-9]{1,3}(:[0-5][0-9])?$'),
       FORMAT('minutes_readable: %s %s', who, minutes), NULL),
    IF(whole_minutes > 48 + 5 * (periods - 4),
       FORMAT('minutes_in_game: %s %d of %d', who, whole_minutes, 48 + 5 * (periods - 4)), NULL),
    IF(LEAST({counts}) < 0, FORMAT('not_negative: %s has a count below 0', who), NULL),
    {counts_add_up},
    IF(stated_home_score <> home_team_score OR stated_away_score <> away_team_score,
       FORMAT('score_matches_schedule: %d-%d, the schedule says %d-%d', stated_away_score, stated_home_score,
       away_team_score, home_team_score), NULL),
    {team_total},
    IF(copies > 1, FORMAT('duplicate_key: %s has %d lines', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(is_turned, 'home_differs', NULL) AS warning
FROM lines
