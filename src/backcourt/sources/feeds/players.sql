-- nba_raw.nbac_player_list_current.
WITH people AS (
  SELECT
    p.player_id, p.player_name, NULLIF(p.team_abbreviation, '') AS team, k.tricode AS known_team, p.position,
    p.birth_date, p.is_active
  FROM nba_staging.players AS p
  LEFT JOIN nba_staging.teams AS k ON k.tricode = p.team_abbreviation
),
{player_list}
