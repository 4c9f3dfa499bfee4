-- The stored rows of a month that are not staged as they are, or whose key repeats.
DELETE FROM {target} AS t
WHERE {condition} AND (
  NOT EXISTS (SELECT 1 FROM {staged} AS s WHERE {good} AND {same_key} AND s.row_hash = {digest})
  OR EXISTS (SELECT 1 FROM ({twice}) AS d WHERE {same_twice})
)
