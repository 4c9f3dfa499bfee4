-- Title: Dates that stand as older code computed them
-- Purpose: Dates whose rows were computed by other SQL than the newest of their table, the oldest first. A run
--   computes them again as stale; nothing need be deleted. What the installed code would compute again is said
--   by backcourt plan.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter table TABLE = all: one computed table, by its name or abbreviation
SELECT table_name, code_version, dates, first_date, last_date, last_computed
FROM (
  SELECT
    table_name, code_version, COUNT(*) AS dates, MIN(game_date) AS first_date, MAX(game_date) AS last_date,
    MAX(finished_at) AS last_computed
  FROM nba_processing.backfill_ledger
  WHERE status = 'done' AND game_date BETWEEN @start_date AND @end_date AND @table IN ('all', table_name)
  GROUP BY table_name, code_version
)
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (PARTITION BY table_name ORDER BY last_computed DESC, dates DESC, code_version) > 1
ORDER BY last_computed, table_name, code_version
