-- Title: Games in quarantine, with the rules that they broke
-- Purpose: Games that a load held back, with every broken rule and the values that break the first. Correct
--   the file and load it again: the rest of the season is left alone.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
SELECT
  q.season, q.game_date, q.game_id, q.table_name, COUNT(*) AS broken_rules,
  STRING_AGG(q.rule, ', ' ORDER BY q.rule) AS rules, MIN(q.detail) AS detail, MIN(q.source_file) AS source_file
FROM nba_processing.quarantine AS q
WHERE q.game_date IS NULL OR q.game_date BETWEEN @start_date AND @end_date
GROUP BY q.season, q.game_date, q.game_id, q.table_name
ORDER BY q.season, q.game_date, q.game_id, q.table_name
