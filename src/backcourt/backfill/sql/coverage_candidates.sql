-- Every candidate of a table: whether there is a row, a record that says why not, and one that a healthy warehouse does
-- not have. A record may speak of the candidate, of its game or of the whole date.
SELECT
  c.game_date,
  {entity} AS entity,
  {player} AS player_id,
  {game} AS game_id,
  r.stored_on IS NOT NULL AS has_row,
  e.entity_id IS NOT NULL OR g.entity_id IS NOT NULL OR w.entity_id IS NOT NULL AS is_recorded,
  COALESCE(e.unhealthy, FALSE) OR COALESCE(g.unhealthy, FALSE) OR COALESCE(w.unhealthy, FALSE) AS is_unhealthy
FROM {candidates} AS c
LEFT JOIN (
  SELECT DISTINCT {day} AS stored_on, {keys} FROM {target} WHERE {day} BETWEEN @start_date AND @end_date
) AS r ON r.stored_on = c.game_date AND {same}
LEFT JOIN no_row AS e ON e.processor_name = '{name}' AND e.analysis_date = c.game_date AND e.entity_id = {entity}
LEFT JOIN no_row AS g ON g.processor_name = '{name}' AND g.analysis_date = c.game_date AND g.entity_id = {whole_game}
LEFT JOIN no_row AS w ON w.processor_name = '{name}' AND w.analysis_date = c.game_date AND w.entity_id = {date_level}
