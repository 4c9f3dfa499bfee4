-- Title: Players' lines on which the providers disagree
-- Purpose: Players' games of which another provider has other figures than the one that computations use: the
--   gamebook first, then the league's box score, then Ball Don't Lie. Nothing is averaged: the first one's figures
--   stand in player_game_summary. Each figure is the other provider's minus the first one's.
-- Parameter start_date DATE = earliest: first game date
-- Parameter end_date DATE = latest: last game date
-- Parameter limit INT64 = 100: rows at most, the earliest first
WITH providers AS (
  SELECT
    1 AS place, 'nbac_gamebook_player_stats' AS provider, game_id, game_date, player_id, points, field_goals_attempted,
    free_throws_attempted, offensive_rebounds + defensive_rebounds AS rebounds, assists, steals, blocks, turnovers,
    personal_fouls
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date BETWEEN @start_date AND @end_date AND seconds_played > 0
  UNION ALL
  SELECT
    2, 'nbac_player_boxscore', game_id, game_date, player_id, points, field_goals_attempted, free_throws_attempted,
    offensive_rebounds + defensive_rebounds, assists, steals, blocks, turnovers, personal_fouls
  FROM nba_raw.nbac_player_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT
    3, 'bdl_player_boxscores', game_id, game_date, player_id, points, field_goals_attempted, free_throws_attempted,
    offensive_rebounds + defensive_rebounds, assists, steals, blocks, turnovers, personal_fouls
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date AND minutes IS NOT NULL AND player_id IS NOT NULL
),
used AS (
  SELECT * FROM providers
  QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id, player_id ORDER BY place) = 1
)
SELECT
  o.game_date,
  o.game_id,
  o.player_id,
  u.provider AS used,
  o.provider AS other,
  o.points - u.points AS points,
  o.field_goals_attempted - u.field_goals_attempted AS field_goals_attempted,
  o.free_throws_attempted - u.free_throws_attempted AS free_throws_attempted,
  o.rebounds - u.rebounds AS rebounds,
  o.assists - u.assists AS assists,
  o.steals - u.steals AS steals,
  o.blocks - u.blocks AS blocks,
  o.turnovers - u.turnovers AS turnovers,
  o.personal_fouls - u.personal_fouls AS personal_fouls
FROM providers AS o
INNER JOIN used AS u ON u.game_id = o.game_id AND u.player_id = o.player_id AND u.place < o.place
WHERE o.points <> u.points
  OR o.field_goals_attempted <> u.field_goals_attempted
  OR o.free_throws_attempted <> u.free_throws_attempted
  OR o.rebounds <> u.rebounds
  OR o.assists <> u.assists
  OR o.steals <> u.steals
  OR o.blocks <> u.blocks
  OR o.turnovers <> u.turnovers
  OR o.personal_fouls <> u.personal_fouls
ORDER BY o.game_date, o.game_id, o.player_id, o.provider
LIMIT @limit
