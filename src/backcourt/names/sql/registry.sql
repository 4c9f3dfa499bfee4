-- Everybody who was listed for a team in the seasons of the range: box scores first, rosters where they know more.
WITH seasons AS (
  SELECT DISTINCT s.season, s.season_year
  FROM nba_raw.nbac_schedule AS s
  WHERE s.season_year IN (SELECT g.season_year FROM nba_raw.nbac_schedule AS g WHERE g.game_date BETWEEN @start AND @end)
),
lines AS (
  SELECT player_lookup, player_name, player_id, team_abbr, season_year, game_id, game_date, player_status,
    seconds_played > 0 AS played, TRUE AS from_gamebook
  FROM nba_raw.nbac_gamebook_player_stats
  UNION ALL
  -- A line of 0 whole minutes is no game where the gamebook, which has the seconds, knows the team and not the man.
  SELECT b.player_lookup, b.player_name, b.player_id, b.team_abbr, b.season_year, b.game_id, b.game_date, 'active',
    b.minutes > 0 OR t.game_id IS NULL, FALSE
  FROM nba_raw.nbac_player_boxscore AS b
  LEFT JOIN nba_raw.nbac_gamebook_player_stats AS g ON g.game_id = b.game_id AND g.player_id = b.player_id
  LEFT JOIN (
    SELECT DISTINCT game_id, team_abbr FROM nba_raw.nbac_gamebook_player_stats WHERE seconds_played IS NOT NULL
  ) AS t ON t.game_id = b.game_id AND t.team_abbr = b.team_abbr
  WHERE g.player_id IS NULL
  UNION ALL
  -- Where no gamebook lists him, the box score's summary says that he was inactive.
  SELECT i.player_lookup, i.player_name, i.player_id, i.team_abbr, i.season_year, i.game_id, i.game_date, 'inactive',
    FALSE, FALSE
  FROM nba_raw.nbac_inactive_players AS i
  LEFT JOIN nba_raw.nbac_gamebook_player_stats AS g ON g.game_id = i.game_id AND g.player_id = i.player_id
  LEFT JOIN nba_raw.nbac_player_boxscore AS b ON b.game_id = i.game_id AND b.player_id = i.player_id
  WHERE g.player_id IS NULL AND b.player_id IS NULL
),
box_scores AS (
  SELECT
    player_id,
    team_abbr,
    season_year,
    -- A name that changed in the season counts as it was printed last.
    ARRAY_AGG(player_lookup ORDER BY game_date DESC, player_name LIMIT 1)[OFFSET(0)] AS player_lookup,
    ARRAY_AGG(player_name ORDER BY game_date DESC, player_name LIMIT 1)[OFFSET(0)] AS player_name,
    MIN(game_date) AS first_game_date,
    MAX(game_date) AS last_game_date,
    COUNTIF(player_status = 'active' AND played) AS games_played,
    COUNT(*) AS total_appearances,
    COUNTIF(player_status = 'inactive') AS inactive_appearances,
    COUNTIF(player_status = 'dnp') AS dnp_appearances,
    LOGICAL_OR(from_gamebook) AS from_gamebook
  FROM lines
  GROUP BY player_id, team_abbr, season_year
),
snapshots AS (
  SELECT player_id, team_abbr, season_year, player_lookup, player_full_name, position, birth_date, roster_date AS seen
  FROM nba_raw.espn_team_rosters
  WHERE player_id IS NOT NULL
  UNION ALL
  SELECT player_id, team_abbr, season_year, player_lookup, player_full_name, position, birth_date, CAST(NULL AS DATE)
  FROM nba_raw.nbac_player_list_current
),
rosters AS (
  SELECT
    player_id,
    team_abbr,
    season_year,
    ARRAY_AGG(player_lookup ORDER BY seen DESC, player_full_name LIMIT 1)[OFFSET(0)] AS player_lookup,
    ARRAY_AGG(player_full_name ORDER BY seen DESC, player_full_name LIMIT 1)[OFFSET(0)] AS player_name,
    MAX(seen) AS seen
  FROM snapshots
  WHERE team_abbr IS NOT NULL
  GROUP BY player_id, team_abbr, season_year
),
facts AS (
  SELECT player_id, season_year, MAX(position) AS position, MAX(birth_date) AS birth_date
  FROM snapshots
  GROUP BY player_id, season_year
)
SELECT
  CONCAT('nba_', FORMAT('%d', l.player_id)) AS universal_player_id,
  l.team_abbr,
  s.season,
  l.player_id,
  l.player_lookup,
  l.player_name,
  REGEXP_EXTRACT(LOWER(l.player_name), r'[ ](jr|sr|ii|iii|iv|v)[.]?$') AS name_suffix,
  f.birth_date,
  l.first_game_date,
  l.last_game_date,
  l.games_played,
  l.total_appearances,
  l.inactive_appearances,
  l.dnp_appearances,
  f.position,
  l.source_priority,
  1.0 AS confidence_score,
  l.last_game_date AS last_gamebook_activity_date,
  l.seen AS last_roster_activity_date
FROM (
  SELECT
    COALESCE(b.player_id, r.player_id) AS player_id,
    COALESCE(b.team_abbr, r.team_abbr) AS team_abbr,
    COALESCE(b.season_year, r.season_year) AS season_year,
    COALESCE(b.player_lookup, r.player_lookup) AS player_lookup,
    COALESCE(b.player_name, r.player_name) AS player_name,
    b.first_game_date,
    b.last_game_date,
    COALESCE(b.games_played, 0) AS games_played,
    COALESCE(b.total_appearances, 0) AS total_appearances,
    COALESCE(b.inactive_appearances, 0) AS inactive_appearances,
    COALESCE(b.dnp_appearances, 0) AS dnp_appearances,
    CASE
      WHEN b.from_gamebook THEN 'nba_gamebook' WHEN b.player_id IS NOT NULL THEN 'nba_boxscore' ELSE 'roster'
    END AS source_priority,
    r.seen
  FROM box_scores AS b
  FULL JOIN rosters AS r
    ON r.player_id = b.player_id AND r.team_abbr = b.team_abbr AND r.season_year = b.season_year
) AS l
INNER JOIN seasons AS s ON s.season_year = l.season_year
LEFT JOIN facts AS f ON f.player_id = l.player_id AND f.season_year = l.season_year
