-- The games that count, planned or played: neither pre-season nor All-Star, and none that was postponed (status 4).
SELECT *
FROM nba_raw.nbac_schedule
WHERE game_date {within} AND season_type IN {counted_types} AND game_status <> 4
