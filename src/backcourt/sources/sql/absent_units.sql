-- What is stored of the season and stands in no row of a source that should say all.
SELECT unit
FROM (SELECT DISTINCT {unit} AS unit FROM {target} AS t WHERE t.season_year = @season_year)
WHERE unit NOT IN (SELECT unit FROM {units})
