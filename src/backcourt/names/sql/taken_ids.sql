-- Rows of a raw table with some names, without their ids.
SELECT {columns}, CAST(NULL AS INT64) AS player_id
FROM nba_raw.{source} AS t
INNER JOIN {names} AS c
  ON c.source = '{source}' AND c.player_lookup = t.player_lookup AND c.season = {season_of_t}
  AND c.team_abbr = {team}
WHERE t.player_id IS NOT NULL AND NOT {is_altered}
