-- nba_raw.espn_team_rosters: one snapshot per team, day and hour.
WITH repeated AS (
  SELECT r.roster_date, r.scrape_hour, r.team_abbreviation, n.player_lookup, COUNT(*) AS copies
  FROM nba_staging.roster_snapshots AS r INNER JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  GROUP BY r.roster_date, r.scrape_hour, r.team_abbreviation, n.player_lookup HAVING COUNT(*) > 1
),
listed AS (
  SELECT
    r.roster_date, r.scrape_hour, r.team_abbreviation, r.player_id, r.player_name, r.position, r.birth_date, r.status,
    n.player_lookup, k.tricode AS known_team, d.copies
  FROM nba_staging.roster_snapshots AS r
  LEFT JOIN nba_staging.teams AS k ON k.tricode = r.team_abbreviation
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  LEFT JOIN repeated AS d ON d.roster_date = r.roster_date AND d.scrape_hour = r.scrape_hour
    AND d.team_abbreviation = r.team_abbreviation AND d.player_lookup = n.player_lookup
)
SELECT
  roster_date,
  scrape_hour,
  CAST(NULL AS TIMESTAMP) AS observed_at,
  team_abbreviation AS team_abbr,
  player_lookup,
  player_name AS player_full_name,
  player_id,
  CAST(NULL AS INT64) AS espn_player_id,
  NULLIF(position, '') AS position,
  birth_date,
  NULLIF(status, '') AS status,
  @season_year AS season_year,
  NULLIF(ARRAY_TO_STRING([
    IF(roster_date IS NULL OR scrape_hour IS NULL OR team_abbreviation IS NULL OR COALESCE(player_lookup, '') = '',
       FORMAT('required_fields: a row of %s misses a field', COALESCE(team_abbreviation, '?')), NULL),
    IF(team_abbreviation IS NOT NULL AND known_team IS NULL,
       FORMAT('known_team: %s is %s', team_abbreviation, {no_team}), NULL),
    IF(scrape_hour NOT BETWEEN 0 AND 23, FORMAT('hour_plausible: %d', scrape_hour), NULL),
    IF(roster_date < @first_day OR roster_date > @last_day,
       FORMAT('date_in_season: %s is outside season %s', FORMAT_DATE('%Y-%m-%d', roster_date), @season), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s twice with %s', player_name, team_abbreviation), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
