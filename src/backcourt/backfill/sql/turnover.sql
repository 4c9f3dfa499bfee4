-- The changed games with the last date on which one of their teams or players still has them among its newest games.
SELECT w.season_year, w.game_date, w.classes, w.{carried}, MAX(COALESCE(l.last_day, DATE '9999-12-31')) AS last_day
FROM ({owners}) AS w
INNER JOIN (
  SELECT
    {owner}, season_year, game_date,
    LEAD(game_date, {games}) OVER (PARTITION BY {owner}, season_year ORDER BY game_date) AS last_day
  FROM (
    SELECT {owner}, season_year, game_date
    FROM {upstream}
    WHERE season_type IN {window_types} AND season_year IN (SELECT g.season_year FROM {due}_games AS g)
    UNION DISTINCT
    SELECT {owner}, season_year, game_date FROM ({owners}) AS o
  ) AS played
) AS l ON l.{owner} = w.{owner} AND l.game_date = w.game_date
GROUP BY w.season_year, w.game_date, w.classes, w.{carried}
UNION ALL
-- Whose games they were, the schedule does not say any more.
SELECT season_year, game_date, classes, {carried}, DATE '9999-12-31' AS last_day
FROM {due}
WHERE detail = '{vanished_detail}'
