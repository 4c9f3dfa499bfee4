-- Units that are held back, with the rules that they break.
SELECT
  table_name, season, game_id AS unit, MIN(game_date) AS game_date, STRING_AGG(rule, ', ' ORDER BY rule) AS rules
FROM nba_processing.quarantine
WHERE @table IN ('', table_name) AND @season IN ('', season)
GROUP BY table_name, season, game_id
ORDER BY table_name, season, game_id
