-- Dates of a range on which tables miss names that nobody decided yet.
SELECT processor_name, game_date, COUNT(*) AS people
FROM nba_processing.registry_failures
WHERE status = 'pending' AND game_date BETWEEN @start AND @end
GROUP BY processor_name, game_date
ORDER BY processor_name, game_date
