-- The final games of one raw table by date, in the seasons for which it was loaded.
SELECT
  '{source}' AS `table`,
  s.game_date AS day,
  COUNT(*) AS games,
  COUNTIF(r.n > 0) AS present,
  COUNTIF(r.n > 0 AND r.n = r.keys AND {whole}) AS whole,
  COUNTIF(r.n > r.keys) AS doubled,
  MIN(IF(r.n > 0 AND r.n = r.keys AND {whole}, NULL, s.game_id)) AS example,
  STRING_AGG(IF(r.n > 0 AND {whole} AND NOT {exact}, s.game_id, NULL), ',' ORDER BY s.game_id) AS near
FROM games AS s
LEFT JOIN (
  SELECT game_id, COUNT(DISTINCT {key}) AS keys, {sums}
  FROM {source}
  WHERE {date_column} BETWEEN @start_date AND @end_date
  GROUP BY game_id
) AS r ON r.game_id = s.game_id
LEFT JOIN boxes AS b ON b.game_id = s.game_id AND b.points = s.home_team_score + s.away_team_score
LEFT JOIN men AS m ON m.game_id = s.game_id
WHERE {needed} OR s.season_year IN (SELECT season_year FROM {source} GROUP BY season_year)
GROUP BY s.game_date
