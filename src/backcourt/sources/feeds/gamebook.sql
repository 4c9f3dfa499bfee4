-- nba_raw.nbac_gamebook_player_stats from the gamebooks, which print names without ids. A name is a player's if just one
-- man of the team in the registry bears it: the whole name, the name without its suffix, or, among the inactive, the
-- last name with its suffix; or if nba_reference.name_decisions says so. Of the inactive, nba_raw.nbac_inactive_players
-- decides first, where it has one man of that game and team with that last name. Nothing else counts. A name that is
-- nobody's holds its game back if he played, because the team's sums need him; of a man who did not play it costs the
-- row alone. A last name that several of a team bear is no decision's to make: it would hold for all games.
WITH people AS (
  SELECT
    team_abbr, player_id, player_lookup, player_name, name_suffix,
    -- The last name is what follows the letters of the first word.
    SUBSTR(player_lookup, LENGTH(REGEXP_REPLACE(SPLIT(player_name, ' ')[SAFE_OFFSET(0)], r'[^\p{L}\p{N}]', '')) + 1)
      AS family,
    SUBSTR(player_lookup, 1, LENGTH(player_lookup) - LENGTH(COALESCE(name_suffix, ''))) AS base
  FROM nba_reference.nba_players_registry
  WHERE season = @season AND team_abbr <> ''
),
official AS (
  SELECT
    player_id,
    ARRAY_AGG(
      player_name ORDER BY source_priority = 'roster', season = @season DESC, season DESC, player_name LIMIT 1
    )[OFFSET(0)] AS player_name,
    ARRAY_AGG(
      player_lookup ORDER BY source_priority = 'roster', season = @season DESC, season DESC, player_name LIMIT 1
    )[OFFSET(0)] AS player_lookup
  FROM nba_reference.nba_players_registry
  GROUP BY player_id
),
asked AS (
  SELECT DISTINCT
    g.team_abbreviation, g.player_name, g.listing, n.player_lookup,
    REGEXP_EXTRACT(LOWER(TRIM(g.player_name)), r'[ ](jr|sr|ii|iii|iv|v)[.]?$') AS suffix
  FROM nba_staging.gamebook AS g
  INNER JOIN nba_staging.player_names AS n ON n.player_name = g.player_name
),
matched AS (
  SELECT
    a.team_abbreviation, a.player_name, a.listing, p.player_id,
    CASE
      WHEN p.player_lookup = a.player_lookup THEN 1
      WHEN p.base = SUBSTR(a.player_lookup, 1, LENGTH(a.player_lookup) - LENGTH(COALESCE(a.suffix, '')))
        AND (p.name_suffix IS NULL OR a.suffix IS NULL) THEN 2
      WHEN a.listing = 'inactive' AND p.family = a.player_lookup THEN 3
    END AS step
  FROM asked AS a
  INNER JOIN people AS p ON p.team_abbr = a.team_abbreviation AND a.player_lookup <> ''
),
tied AS (
  SELECT
    team_abbreviation, player_name, listing, MIN(player_id) AS player_id, COUNT(DISTINCT player_id) AS bearers,
    MIN(step) AS step
  FROM (
    SELECT
      m.*, MIN(m.step) OVER (PARTITION BY m.team_abbreviation, m.player_name, m.listing) AS best
    FROM matched AS m
    WHERE m.step IS NOT NULL
  )
  WHERE step = best
  GROUP BY team_abbreviation, player_name, listing
),
-- Whom the summary of the box score says to have been inactive, by the last name that the gamebook prints.
told AS (
  SELECT
    game_id, team_abbr, family, MIN(player_id) AS player_id, MIN(player_name) AS player_name,
    MIN(player_lookup) AS player_lookup
  FROM (
    SELECT
      *,
      SUBSTR(player_lookup, LENGTH(REGEXP_REPLACE(SPLIT(player_name, ' ')[SAFE_OFFSET(0)], r'[^\p{L}\p{N}]', '')) + 1)
        AS family
    FROM nba_raw.nbac_inactive_players
    WHERE season_year = @season_year
  )
  GROUP BY game_id, team_abbr, family
  HAVING COUNT(*) = 1
),
lines AS (
  SELECT
    g.*,
    n.player_lookup AS printed_lookup,
    w.player_name AS told_name,
    w.player_lookup AS told_lookup,
    CASE
      WHEN w.player_id IS NOT NULL THEN w.player_id
      WHEN g.listing = 'inactive' AND t.bearers > 1 THEN NULL
      WHEN t.bearers = 1 AND d.player_id IS NULL THEN t.player_id
      ELSE d.player_id
    END AS player_id,
    g.listing = 'inactive' AND t.bearers > 1 AND w.player_id IS NULL AS is_shared,
    t.bearers,
    COALESCE(w.player_id IS NULL AND d.player_id IS NULL AND t.step = 1, FALSE) AS is_printed_so,
    CONCAT(g.player_name, ' of ', COALESCE(g.team_abbreviation, '?')) AS who,
    {played} AS played,
    {seconds} AS seconds_played,
    -- DND is "did not dress", NWT "not with team": neither could have been sent on.
    g.listing = 'inactive' OR SUBSTR(UPPER(g.comment), 1, 3) IN ('NWT', 'DND') AS not_dressed,
    SUM(g.pts) OVER (PARTITION BY g.game_id, g.team_abbreviation) AS team_points,
    COUNT(g.position) OVER (PARTITION BY g.game_id, g.team_abbreviation) AS starters,
    s.game_id AS known_game, s.game_date AS scheduled_date, s.game_status, s.periods, s.home_team_tricode,
    s.away_team_tricode,
    IF(g.is_home, s.home_team_tricode, s.away_team_tricode) AS own_side,
    IF(g.is_home, s.away_team_tricode, s.home_team_tricode) AS other_side,
    IF(g.is_home, s.home_team_score, s.away_team_score) AS own_score
  FROM nba_staging.gamebook AS g
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = g.player_name
  LEFT JOIN tied AS t ON t.team_abbreviation = g.team_abbreviation AND t.player_name = g.player_name
    AND t.listing = g.listing
  LEFT JOIN told AS w ON g.listing = 'inactive' AND w.game_id = g.game_id AND w.team_abbr = g.team_abbreviation
    AND w.family = n.player_lookup
  LEFT JOIN nba_reference.name_decisions AS d ON d.source = 'nbac_gamebook_player_stats' AND d.season = @season
    AND d.player_lookup = n.player_lookup AND d.team_abbr = g.team_abbreviation
  LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = g.game_id AND s.season_year = @season_year
),
judged AS (
  SELECT
    l.*,
    l.team_abbreviation = l.own_side AS in_game,
    -- A last name alone, or a spelling that somebody had to decide, is not what the table calls a player.
    IF(l.is_printed_so, l.player_name, COALESCE(o.player_name, l.told_name, l.player_name)) AS full_name,
    IF(l.is_printed_so, l.printed_lookup, COALESCE(o.player_lookup, l.told_lookup, l.printed_lookup)) AS full_lookup,
    COUNT(*) OVER (PARTITION BY l.game_id, l.player_id) AS copies
  FROM lines AS l
  LEFT JOIN official AS o ON o.player_id = l.player_id
)
SELECT
  game_id,
  scheduled_date AS game_date,
  @season_year AS season_year,
  player_id,
  full_name AS player_name,
  full_lookup AS player_lookup,
  team_abbreviation AS team_abbr,
  other_side AS opponent_team_abbr,
  is_home,
  {counts_named},
  plus_minus,
  CASE WHEN played THEN 'active' WHEN not_dressed THEN 'inactive' ELSE 'dnp' END AS player_status,
  comment AS dnp_reason,
  IF(played, minutes, NULL) AS minutes,
  IF(played, seconds_played, NULL) AS seconds_played,
  position AS start_position,
  IF(starters = 5, position IS NOT NULL, NULL) AS is_starter,
  NULLIF(ARRAY_TO_STRING([
    {known_game},
    {game_is_final},
    IF(game_date <> scheduled_date, FORMAT('right_date: the gamebook is of %s, the schedule has %s',
       FORMAT_DATE('%Y-%m-%d', game_date), FORMAT_DATE('%Y-%m-%d', scheduled_date)), NULL),
    IF(NOT in_game, FORMAT('right_teams: the schedule has %s at %s, not %s',
       away_team_tricode, home_team_tricode, team_abbreviation), NULL),
    IF(is_shared, FORMAT('one_player: %s is the last name of %d', who, bearers), NULL),
    IF(player_id IS NULL AND played, FORMAT('known_player: %s', who), NULL),
    IF(player_id IS NULL AND NOT played AND NOT COALESCE(is_shared, FALSE), FORMAT('known_absent: %s', who), NULL),
    IF(COALESCE(full_lookup, '') = '', FORMAT('required_fields: %s misses a field', who), NULL),
    IF(totals_differ IS NOT NULL, FORMAT('team_totals: the players of %s make %s', team_abbreviation, totals_differ),
       NULL),
    IF(played AND NOT REGEXP_CONTAINS(minutes, r'^[0-9]{1,3}:([0-5][0-9]|60)$'),
       FORMAT('minutes_format: %s %s is not MM:SS', who, minutes), NULL),
    IF(LEAST({counts}) < 0, FORMAT('not_negative: %s has a count below 0', who), NULL),
    {counts_add_up},
    IF(seconds_played > (48 + 5 * (periods - 4)) * 60,
       FORMAT('minutes_in_game: %s %s of %d', who, minutes, 48 + 5 * (periods - 4)), NULL),
    {team_total},
    IF(copies > 1 AND player_id IS NOT NULL, FORMAT('duplicate_key: %s is listed %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(ENDS_WITH(minutes, ':60'), 'sixty_seconds', NULL) AS warning
FROM judged
