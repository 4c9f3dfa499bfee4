-- What a game's injury reports say of a man of either team whom they do not name: he is available, unless a name of his
-- team in them has no player yet, which may be his. A game without a report has no row.
SELECT
  g.game_id,
  team_abbr,
  IF(COUNTIF(i.team = team_abbr AND i.player_id IS NULL AND i.injury_status <> 'available') > 0, NULL, 'available')
    AS player_status
FROM nba_raw.nbac_schedule AS g
INNER JOIN ({known_injuries}) AS i ON i.game_id = g.game_id
CROSS JOIN UNNEST([g.home_team_tricode, g.away_team_tricode]) AS team_abbr
WHERE g.game_date {within}
GROUP BY g.game_id, team_abbr
