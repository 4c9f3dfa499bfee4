-- What a game's injury reports said of each player before its tip-off: his newest row. A report of which only the hour is
-- known was out when the hour was over. Without a tip-off, or filed under another date than the game's, it is not known.
SELECT game_id, game_date, season_year, team, player_id, player_lookup, injury_status
FROM (
  SELECT
    game_id, game_date, season_year, team, player_id, player_lookup, injury_status, tipoff_at,
    {utc_of_eastern} AS reported_at
  FROM (
    SELECT
      i.game_id, i.game_date, g.season_year, i.team, i.player_id, i.player_lookup, i.injury_status, g.tipoff_at,
      i.report_date AS eastern_day,
      60 * i.report_hour + COALESCE(i.report_minute, 59) AS eastern_minutes
    FROM nba_raw.nbac_injury_report AS i
    INNER JOIN nba_raw.nbac_schedule AS g ON g.game_id = i.game_id AND g.game_date = i.game_date
    WHERE i.game_date {within} AND g.game_date {within}
  )
)
WHERE reported_at < tipoff_at
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY game_id, COALESCE(FORMAT('%d', player_id), player_lookup) ORDER BY reported_at DESC, player_lookup
) = 1
