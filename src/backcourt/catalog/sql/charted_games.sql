-- The judged rows' games that have a shot chart.
SELECT game_id
FROM nba_raw.nbac_shot_chart
WHERE game_id IN (SELECT game_id FROM {source})
GROUP BY game_id
