-- Rows with a time of observation that no game uses, by season and reason.
SELECT
  t.season_year,
  CASE
    WHEN g.game_id IS NULL THEN 'filed under a date on which the game is not'
    WHEN g.tipoff_at IS NULL THEN 'of a game without a known tip-off'
    ELSE 'observed at tip-off or later'
  END AS why,
  COUNT(*) AS n
FROM ({selects}) AS t
LEFT JOIN nba_raw.nbac_schedule AS g ON g.game_id = t.game_id AND g.game_date = t.game_date
WHERE NOT COALESCE(t.observed_at < g.tipoff_at, FALSE)
GROUP BY t.season_year, why
