-- Rows that are stored by season and name; of what is dated, of the newest date.
SELECT season_year, name, n
FROM (
  SELECT
    season_year, name, COUNT(*) AS n,
    ROW_NUMBER() OVER (PARTITION BY season_year, name ORDER BY dated DESC) AS place
  FROM (SELECT season_year, {stored_by} AS name, {dated} AS dated FROM {source} WHERE {stored_by} IS NOT NULL)
  GROUP BY season_year, name, dated
)
WHERE place = 1
