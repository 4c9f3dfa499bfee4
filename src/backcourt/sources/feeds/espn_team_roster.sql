-- nba_raw.espn_team_rosters, with ESPN's own ids of the players.
WITH listed AS (
  SELECT
    r.*, n.player_lookup, k.tricode AS known_team,
    CONCAT(COALESCE(r.player_name, '?'), ' (', COALESCE(r.team, '?'), ')') AS who,
    COUNT(*) OVER (PARTITION BY r.roster_date, r.scrape_hour, r.team, n.player_lookup) AS copies,
    COUNT(*) OVER (PARTITION BY r.roster_date, r.scrape_hour, r.team) AS players
  FROM nba_staging.espn_team_roster AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  LEFT JOIN nba_staging.teams AS k ON k.tricode = r.team
)
SELECT
  roster_date,
  scrape_hour,
  scraped_at AS observed_at,
  team AS team_abbr,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  player_name AS player_full_name,
  espn_player_id,
  position,
  birth_date,
  LOWER(status) AS status,
  @season_year AS season_year,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(team IS NULL OR COALESCE(player_lookup, '') = '' OR espn_player_id IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(team IS NOT NULL AND known_team IS NULL, FORMAT('known_team: %s is of %s', who, {no_team}), NULL),
    IF(birth_date > roster_date, FORMAT('birth_plausible: %s was born later', who), NULL),
    IF(players > 30, FORMAT('roster_plausible: %s has %d players', COALESCE(team, '?'), players), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s is listed %d times', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(scraped_at >= TIMESTAMP_ADD(TIMESTAMP(roster_date), INTERVAL 29 HOUR), 'received after its date, not used', NULL)
    AS warning
FROM listed
