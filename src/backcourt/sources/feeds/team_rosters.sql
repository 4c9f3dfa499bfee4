-- nba_raw.nbac_player_list_current from the teams' own roster pages, which have the birth dates; a player whom two pages
-- list is with the team of the newer one.
WITH newest AS (
  SELECT player_id, MAX(received) AS received FROM nba_staging.team_rosters GROUP BY player_id
),
people AS (
  SELECT
    r.player_id, r.player_name, COALESCE(CAST(r.team_id AS STRING), '?') AS team, k.tricode AS known_team, r.position,
    r.birth_date, TRUE AS is_active
  FROM nba_staging.team_rosters AS r
  INNER JOIN newest AS w ON w.player_id IS NOT DISTINCT FROM r.player_id AND w.received = r.received
  LEFT JOIN nba_staging.teams AS k ON k.team_id = r.team_id
),
{player_list}
