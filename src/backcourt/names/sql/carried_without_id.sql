-- The names of the rows of a raw table without an id, or with another than people said, and whether they are decided.
SELECT
  '{source}' AS source,
  r.player_lookup,
  {season_of_r} AS season,
  {team} AS team_abbr,
  d.source IS NOT NULL AS decided
FROM nba_raw.{source} AS r
LEFT JOIN nba_reference.name_decisions AS d
  ON d.source = '{source}' AND d.player_lookup = r.player_lookup AND d.season = {season_of_r}
  AND d.team_abbr = {team}
WHERE (r.player_id IS NULL OR (d.step = '{by_people}' AND r.player_id <> d.player_id))
  -- A row that is not what its hash says gets no id before it is loaded again.
  AND (d.source IS NULL OR NOT {is_altered})
