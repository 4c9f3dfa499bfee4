-- Whom tables missed in a range.
SELECT
  processor_name, status, COUNT(DISTINCT player_lookup) AS people, COUNT(*) AS n, MIN(game_date) AS first,
  MAX(game_date) AS last
FROM nba_processing.registry_failures
WHERE game_date BETWEEN @start AND @end
GROUP BY processor_name, status
ORDER BY processor_name, status
