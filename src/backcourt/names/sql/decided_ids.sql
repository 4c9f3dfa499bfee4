-- Rows of a raw table whose id is not what is decided, with the id that they are to have.
SELECT {columns}, c.player_id, c.logged
FROM nba_raw.{source} AS t
INNER JOIN (
  SELECT source, player_lookup, season, team_abbr, was, player_id, logged, '' AS step FROM {changes}
  UNION ALL
  SELECT source, player_lookup, season, team_abbr, NULL, player_id, TRUE, step
  FROM nba_reference.name_decisions
  WHERE step = '{by_people}'
) AS c
  ON c.source = '{source}' AND c.player_lookup = t.player_lookup AND c.season = {season_of_t}
  AND c.team_abbr = {team}
WHERE IF(t.player_id IS NULL, c.player_id IS NOT NULL,
  (c.step = '{by_people}' AND t.player_id <> c.player_id)
  OR (t.player_id = c.was AND COALESCE(c.player_id <> c.was, TRUE)))
  AND NOT {is_altered}
