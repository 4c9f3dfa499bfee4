-- Names of a raw table without an id, counted as they are asked.
SELECT
  '{source}' AS source,
  COUNT(*) AS n,
  MIN({day}) AS first,
  MAX({day}) AS last,
  COUNT(DISTINCT CONCAT(r.player_lookup, '|', {season_of_r}, '|', {team})) AS names
FROM nba_raw.{source} AS r
WHERE r.player_id IS NULL
