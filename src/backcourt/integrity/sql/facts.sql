-- The facts of the game that do not hold, by table and date.
WITH games AS (
  SELECT *
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date AND season_type IN {counted_types}
),
sides AS (
  SELECT
    game_id, home_team_tricode AS team_abbr, away_team_tricode AS opponent_abbr, TRUE AS is_home,
    home_team_score AS score, away_team_score AS opponent_score, 60 * (240 + 25 * (periods - 4)) AS exact_seconds
  FROM games
  UNION ALL
  SELECT
    game_id, away_team_tricode, home_team_tricode, FALSE, away_team_score, home_team_score,
    60 * (240 + 25 * (periods - 4))
  FROM games
),
-- Half of a box score, a doubled one, or one with a wrong score says nothing about other tables.
boxes AS (
  SELECT b.*
  FROM nba_raw.nbac_team_boxscore AS b
  INNER JOIN games AS g ON g.game_id = b.game_id
  WHERE b.game_date BETWEEN @start_date AND @end_date
  QUALIFY COUNT(*) OVER (PARTITION BY b.game_id) = 2
    AND SUM(b.points) OVER (PARTITION BY b.game_id) = MAX(g.home_team_score + g.away_team_score) OVER (
      PARTITION BY b.game_id
    )
),
played AS (
  SELECT game_id, COUNT(*) AS n FROM ({appearances}) AS a GROUP BY game_id
),
{flagged}
SELECT * FROM ({selects}) AS f WHERE broken > 0
