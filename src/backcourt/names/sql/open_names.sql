-- The names that rules decide, one row per source, name, season and team, with the team that the context knows.
WITH seen AS (
  {selects}
  UNION ALL
  SELECT source, player_lookup, season, team_abbr, original_name, source_player_id, day, game_id FROM {held} AS h
),
names AS (
  SELECT
    source, player_lookup, season, team_abbr,
    MIN(original_name) AS original_name,
    IF(COUNT(DISTINCT source_player_id) = 1, MIN(source_player_id), NULL) AS source_player_id,
    MIN(day) AS first_seen_date,
    MAX(day) AS last_seen_date,
    COUNT(*) AS occurrences,
    -- A few games are enough as examples.
    ARRAY_AGG(DISTINCT COALESCE(game_id, '') ORDER BY COALESCE(game_id, '') LIMIT 10) AS example_games
  FROM seen
  GROUP BY source, player_lookup, season, team_abbr
  UNION ALL
  -- Names whose games are still held back for them stand in no raw table.
  SELECT
    source, player_lookup, season, team_abbr, original_name, source_player_id, first_seen_date, last_seen_date,
    occurrences, example_games
  FROM nba_reference.unresolved_player_names AS q
  WHERE source = '{holding}' AND status <> 'resolved'
    AND NOT EXISTS (
      SELECT 1 FROM {held} AS h
      WHERE h.source = q.source AND h.player_lookup = q.player_lookup AND h.season = q.season
        AND h.team_abbr = q.team_abbr
    )
    AND NOT EXISTS (
      SELECT 1 FROM nba_reference.name_decisions AS d
      WHERE d.source = q.source AND d.player_lookup = q.player_lookup AND d.season = q.season
        AND d.team_abbr = q.team_abbr
    )
  UNION ALL
  -- Those of loaded games stand there without the name that was printed.
  SELECT
    source, player_lookup, season, team_abbr, original_name, source_player_id, CAST(NULL AS DATE), CAST(NULL AS DATE),
    0, CAST([] AS ARRAY<STRING>)
  FROM nba_reference.name_decisions AS q
  WHERE source = '{holding}' AND step <> '{by_people}'
    AND NOT EXISTS (
      SELECT 1 FROM {held} AS h
      WHERE h.source = q.source AND h.player_lookup = q.player_lookup AND h.season = q.season
        AND h.team_abbr = q.team_abbr
    )
),
-- A source without teams: the one team that was in all of his games.
games AS (
  SELECT DISTINCT source, player_lookup, season, team_abbr, game_id
  FROM seen
  WHERE team_abbr = '' AND game_id IS NOT NULL
),
played AS (
  SELECT g.source, g.player_lookup, g.season, team, COUNT(*) AS games
  FROM games AS g
  INNER JOIN nba_raw.nbac_schedule AS s ON s.game_id = g.game_id
  CROSS JOIN UNNEST([s.home_team_tricode, s.away_team_tricode]) AS team
  GROUP BY g.source, g.player_lookup, g.season, team
),
contexts AS (
  SELECT p.source, p.player_lookup, p.season, p.team
  FROM played AS p
  INNER JOIN (
    SELECT source, player_lookup, season, COUNT(*) AS games FROM games GROUP BY source, player_lookup, season
  ) AS n ON n.source = p.source AND n.player_lookup = p.player_lookup AND n.season = p.season
  WHERE p.games = n.games
  QUALIFY COUNT(*) OVER (PARTITION BY p.source, p.player_lookup, p.season) = 1
)
SELECT n.*, IF(n.team_abbr <> '', n.team_abbr, COALESCE(c.team, '')) AS context_team
FROM names AS n
LEFT JOIN contexts AS c
  ON c.source = n.source AND c.player_lookup = n.player_lookup AND c.season = n.season AND n.team_abbr = ''
WHERE NOT EXISTS (
  SELECT 1 FROM nba_reference.unresolved_player_names AS q
  WHERE q.status IN ('ignored', 'invalid') AND q.reviewed_by IS NOT NULL AND q.source = n.source
    AND q.player_lookup = n.player_lookup AND q.season = n.season AND q.team_abbr = n.team_abbr
)
