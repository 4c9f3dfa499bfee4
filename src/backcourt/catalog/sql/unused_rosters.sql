-- Rosters that were received after the date they are of.
SELECT season_year, 'received after its date' AS why, COUNT(*) AS n
FROM nba_raw.espn_team_rosters
WHERE observed_at >= TIMESTAMP_ADD(TIMESTAMP(roster_date), INTERVAL 29 HOUR)
GROUP BY season_year
