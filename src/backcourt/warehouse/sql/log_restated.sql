-- The stored rows that change or go, in the change log; it runs before they do.
INSERT INTO nba_processing.restatements (
  table_name, row_key, game_date, old_hash, new_hash, reason, run_id, restated_at
)
SELECT
  '{target}', {key}, {game_date}, IF(t.is_altered, t.content, t.data_hash), s.data_hash, @reason, @run_id, @now
FROM (
  -- The hash that an altered row carries is of other values: logged is that of what it says.
  SELECT {columns}, {is_altered} AS is_altered, {content} AS content, t.data_hash
  FROM {target} AS t
  WHERE {condition}
) AS t
LEFT JOIN (SELECT * FROM {staged} WHERE {good}) AS s ON {same_key}
WHERE (t.is_altered OR COALESCE(s.data_hash, '') <> t.data_hash) AND {logged}
ORDER BY 2
