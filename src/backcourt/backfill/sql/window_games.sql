-- Windows of the newest games as of each candidate's date, and how many of them have their row. A player's rows are held
-- against his appearances, a team's against its final games.
SELECT
  c.{day} AS game_date, {entity} AS entity_id, '{whose}' AS whose, LEAST(w.games, size) AS expected,
  {found_of_size} AS found
FROM {stage} AS c
INNER JOIN (
  SELECT
    p.owner,
    p.season_year,
    p.game_date AS played_on,
    ROW_NUMBER() OVER (PARTITION BY p.owner, p.season_year ORDER BY p.game_date, p.game_id) AS games,
    {found},
    LEAD(p.game_date) OVER (PARTITION BY p.owner, p.season_year ORDER BY p.game_date, p.game_id) AS next_on
  FROM (
    SELECT game_id, game_date, season_year, {owner} AS owner FROM ({played}) AS g WHERE season_type IN {window_types}
  ) AS p
  LEFT JOIN {upstream} AS u
    ON u.game_id = p.game_id AND u.{upstream_owner} = p.owner AND u.game_date {within}
) AS w
  ON w.owner = c.{owner} AND w.season_year = c.season_year AND c.{day} > w.played_on
    AND c.{day} <= COALESCE(w.next_on, DATE '9999-12-31')
CROSS JOIN UNNEST([{sizes}]) AS size
