-- Who is on whose roster as of each game of the range, what the injury reports say of him, and whether he is out.
-- A man belongs to the team with which he was last seen, at most 30 days before; whoever is missing from a snapshot of
-- that team newer than his last sighting has left it. The Cup final is no sighting.
WITH fixtures AS (
  SELECT
    game_id, game_date, season_year, team_abbr, tipoff_at IS NOT NULL AS is_timed, tipoff_at,
    -- A game is as of its tip-off; without one, as of the noon (UTC) of its date, when the day before is known.
    COALESCE(tipoff_at, TIMESTAMP_ADD(TIMESTAMP(game_date), INTERVAL 12 HOUR)) AS asof
  FROM ({sides}) AS s
),
snapshot_rows AS ({timed_rosters}),
appearances AS (
  SELECT
    player_id, season_year, team_abbr, player_lookup, player_full_name, game_date,
    LEAD(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date) AS next_date
  FROM nba_analytics.player_game_summary
  WHERE game_date BETWEEN @opening_day AND @end_date
    AND season_year IN (SELECT season_year FROM fixtures)
    AND season_type IN {window_types}
),
-- Where a player was seen, and from when on it is known: a box score from midnight after its date. A game whose tip-off
-- is unknown sees no snapshot at all.
sightings AS (
  SELECT
    a.player_id, a.season_year, a.team_abbr, a.player_lookup, a.player_full_name, a.game_date AS seen, 1 AS trust,
    TIMESTAMP_ADD(TIMESTAMP(a.game_date), INTERVAL 29 HOUR) AS known_at, k.is_timed
  FROM appearances AS a
  INNER JOIN (SELECT DISTINCT season_year, is_timed FROM fixtures) AS k ON k.season_year = a.season_year
  UNION ALL
  SELECT player_id, season_year, team_abbr, player_lookup, player_full_name, roster_date, 2, known_at, TRUE
  FROM snapshot_rows
  WHERE player_id IS NOT NULL
),
last_seen AS (
  SELECT
    player_id, season_year, team_abbr, player_lookup, player_full_name, seen, trust, known_at, is_timed,
    LEAD(known_at) OVER (PARTITION BY is_timed, player_id, season_year ORDER BY known_at) AS next_known_at
  FROM (
    SELECT *
    FROM sightings
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY is_timed, player_id, season_year, known_at ORDER BY trust DESC, seen DESC, team_abbr
    ) = 1
  )
),
snapshots AS (
  SELECT
    team_abbr,
    season_year,
    known_at,
    LEAD(known_at) OVER (PARTITION BY team_abbr, season_year ORDER BY known_at) AS next_known_at
  FROM (SELECT DISTINCT team_abbr, season_year, known_at FROM snapshot_rows)
),
-- Each team's last game but one.
team_games AS (
  SELECT
    team_abbr,
    season_year,
    game_date,
    LEAD(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS next_date,
    LAG(game_date) OVER (PARTITION BY team_abbr, season_year ORDER BY game_date) AS previous_date
  FROM ({all sides}) AS s
  WHERE game_status = 3
    AND season_type IN {window_types}
    AND season_year IN (SELECT season_year FROM fixtures)
    AND game_date BETWEEN @opening_day AND @end_date
)
SELECT
  f.game_id,
  f.game_date,
  f.season_year,
  f.team_abbr,
  l.player_id,
  l.player_lookup,
  l.player_full_name,
  COALESCE(i.injury_status, u.player_status) AS player_status,
  CASE
    WHEN COALESCE(i.injury_status, u.player_status) IS NOT NULL THEN COALESCE(i.injury_status, u.player_status) = 'out'
    ELSE COALESCE(a.game_date < t.previous_date, FALSE)
  END AS is_out
FROM fixtures AS f
INNER JOIN last_seen AS l
  ON l.season_year = f.season_year
  AND l.team_abbr = f.team_abbr
  AND l.is_timed = f.is_timed
  AND f.asof > l.known_at
  AND f.asof <= COALESCE(l.next_known_at, TIMESTAMP '9999-12-31 00:00:00+00')
  AND DATE_DIFF(f.game_date, l.seen, DAY) <= 30
LEFT JOIN snapshots AS s
  ON s.season_year = f.season_year
  AND s.team_abbr = f.team_abbr
  AND f.tipoff_at > s.known_at
  AND f.tipoff_at <= COALESCE(s.next_known_at, TIMESTAMP '9999-12-31 00:00:00+00')
LEFT JOIN appearances AS a
  ON a.player_id = l.player_id
  AND a.season_year = f.season_year
  AND f.game_date > a.game_date
  AND f.game_date <= COALESCE(a.next_date, DATE '9999-12-31')
LEFT JOIN team_games AS t
  ON t.team_abbr = f.team_abbr
  AND t.season_year = f.season_year
  AND f.game_date > t.game_date
  AND f.game_date <= COALESCE(t.next_date, DATE '9999-12-31')
LEFT JOIN ({known_injuries}) AS i ON i.game_id = f.game_id AND i.player_id = l.player_id
LEFT JOIN ({unnamed_status}) AS u ON u.game_id = f.game_id AND u.team_abbr = f.team_abbr
WHERE s.known_at IS NULL OR l.known_at > s.known_at OR (l.known_at = s.known_at AND l.trust = 2)
