-- The rows, with a broken rule for each game that is there in part, unless another rule holds it back already.
SELECT
  {columns},
  IF(w.fault IS NOT NULL AND COUNT(CASE WHEN {holding_rule} THEN 1 END) OVER (PARTITION BY x.game_id) = 0,
    CONCAT(IF(x.broken_rules IS NULL, '', CONCAT(x.broken_rules, '; ')), 'whole_game: ', w.fault),
    x.broken_rules) AS broken_rules
FROM ({selects}
) AS x
LEFT JOIN nba_staging.not_whole AS w ON w.game_id = x.game_id
