-- What the shot chart says of the judged rows' games, by player or team.
SELECT
  game_id,
  {whose},
  COUNT(*) AS attempts,
  COUNTIF(is_made) AS makes,
  COUNTIF(is_three) AS threes,
  COUNTIF(is_three AND is_made) AS three_makes,
  COUNTIF(zone IS NULL) AS unplaced
FROM nba_raw.nbac_shot_chart
WHERE game_id IN (SELECT game_id FROM {source})
GROUP BY game_id, {whose}
