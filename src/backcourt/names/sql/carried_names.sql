-- The rows of a raw table whose name has no id, or one that a rule decided.
SELECT
  '{source}' AS source,
  r.player_lookup,
  {season_of_r} AS season,
  {team} AS team_abbr,
  COALESCE(r.{printed}, r.player_lookup) AS original_name,
  {own_id} AS source_player_id,
  {day} AS day,
  {game} AS game_id
FROM nba_raw.{source} AS r
LEFT JOIN nba_reference.name_decisions AS d
  ON d.source = '{source}' AND d.player_lookup = r.player_lookup AND d.season = {season_of_r}
  AND d.team_abbr = {team}
WHERE IF(d.source IS NULL, r.player_id IS NULL,
  d.step <> '{by_people}' AND COALESCE(r.player_id = d.player_id, TRUE))
