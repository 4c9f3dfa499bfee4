-- How many stored rows are not what their hashes say, and how many keys repeat.
SELECT
  (SELECT COUNTIF({is_altered}) FROM {target} AS t WHERE {condition}) AS n,
  (SELECT COUNT(*) FROM ({twice})) AS doubled
