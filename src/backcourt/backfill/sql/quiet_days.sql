-- The games of a range, the last game before it and the next one after it, and what is computed of it.
SELECT
  COUNTIF(game_date BETWEEN @start_date AND @end_date) AS games,
  MAX(IF(game_date < @start_date, game_date, NULL)) AS last_game,
  MIN(IF(game_date > @end_date, game_date, NULL)) AS next_game,
  (
    SELECT COUNT(*) FROM nba_processing.backfill_ledger AS l WHERE l.game_date BETWEEN @start_date AND @end_date
  ) AS computed
FROM ({counted_games}) AS g
