-- Games of loaded gamebooks of which a name can be decided otherwise by what came since.
WITH loaded AS (
  SELECT
    f.payload_key AS game_id, f.loaded_at, r.team_abbr, {season_of_r} AS season, r.player_id, r.player_lookup
  FROM nba_processing.landed_files AS f
  INNER JOIN nba_raw.{holding} AS r ON r.game_id = f.payload_key
  WHERE f.source = @source AND f.outcome = 'loaded'
)
SELECT DISTINCT l.game_id
FROM loaded AS l
INNER JOIN (
  SELECT season, team_abbr, processed_at FROM nba_reference.name_decisions WHERE source = '{holding}'
  UNION ALL
  SELECT season, team_abbr, processed_at
  FROM nba_reference.unresolved_player_names
  WHERE source = '{holding}' AND status = 'pending'
) AS d ON d.season = l.season AND d.team_abbr = l.team_abbr AND d.processed_at > l.loaded_at
UNION DISTINCT
SELECT l.game_id
FROM loaded AS l
INNER JOIN nba_reference.nba_players_registry AS n
  ON n.season = l.season AND n.team_abbr = l.team_abbr AND n.player_id <> l.player_id AND n.created_at > l.loaded_at
LEFT JOIN (
  SELECT DISTINCT season, team_abbr
  FROM nba_reference.name_decisions
  WHERE source = '{holding}' AND step <> '{by_people}'
) AS d ON d.season = l.season AND d.team_abbr = l.team_abbr
WHERE d.season IS NOT NULL
  OR REGEXP_REPLACE(n.player_lookup, r'(jr|sr|ii|iii|iv|v)$', '')
  = REGEXP_REPLACE(l.player_lookup, r'(jr|sr|ii|iii|iv|v)$', '')
  -- The last name: what follows the letters of the first word.
  OR ENDS_WITH(l.player_lookup, SUBSTR(
    n.player_lookup, LENGTH(REGEXP_REPLACE(SPLIT(n.player_name, ' ')[SAFE_OFFSET(0)], r'[^\p{L}\p{N}]', '')) + 1
  ))
ORDER BY 1
