-- Points lines that stood before the tip-off of their game. Without a tip-off, or filed under another date than the
-- game's, a line is not known.
SELECT
  p.game_id, p.game_date, g.season_year, p.player_id, p.player_lookup, p.bookmaker, p.snapshot_timestamp, p.points_line
FROM nba_raw.odds_api_player_points_props AS p
INNER JOIN nba_raw.nbac_schedule AS g ON g.game_id = p.game_id AND g.game_date = p.game_date
WHERE p.game_date {within} AND g.game_date {within}
  AND p.points_line IS NOT NULL AND p.snapshot_timestamp < g.tipoff_at
