-- nba_raw.nbac_player_list_current from the service's list, of several lists the newest. It has no birth dates: one that
-- is stored stays.
WITH newest AS (
  SELECT MAX(received) AS received FROM nba_staging.player_index
),
people AS (
  SELECT
    p.player_id, p.player_name, NULLIF(p.team_abbreviation, '') AS team, k.tricode AS known_team, p.position,
    t.birth_date, p.is_active
  FROM nba_staging.player_index AS p
  INNER JOIN newest AS w ON w.received = p.received
  LEFT JOIN nba_staging.teams AS k ON k.tricode = p.team_abbreviation
  LEFT JOIN nba_raw.nbac_player_list_current AS t ON t.player_id = p.player_id AND t.season_year = @season_year
),
{player_list}
