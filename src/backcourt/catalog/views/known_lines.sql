-- Spreads and totals: what each bookmaker had last before the tip-off of the game. Without a tip-off, or filed under
-- another date than the game's, a line is not known.
SELECT
  q.game_id, q.game_date, g.season_year, q.market_key, q.outcome_name, q.bookmaker_key, q.outcome_point
FROM nba_raw.odds_api_game_lines AS q
INNER JOIN nba_raw.nbac_schedule AS g ON g.game_id = q.game_id AND g.game_date = q.game_date
WHERE q.game_date {within} AND g.game_date {within}
  AND q.outcome_point IS NOT NULL AND q.snapshot_timestamp < g.tipoff_at
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY q.game_id, q.market_key, q.outcome_name, q.bookmaker_key ORDER BY q.snapshot_timestamp DESC
) = 1
