-- Offers: none has a time of observation.
SELECT season_year, 'without a time of observation' AS why, COUNT(*) AS n
FROM nba_raw.bettingpros_player_points_props
GROUP BY season_year
