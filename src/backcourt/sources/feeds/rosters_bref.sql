-- nba_raw.br_rosters_current. Total rows of traded players (TOT, 2TM ...) name no team and are left out.
WITH listed AS (
  SELECT
    k.tricode, b.bref_team, b.bref_name, b.bref_id, n.player_lookup,
    COUNT(*) OVER (PARTITION BY b.bref_team, n.player_lookup) AS copies
  FROM nba_staging.rosters_bref AS b
  LEFT JOIN nba_staging.teams AS k ON k.bref_code = b.bref_team
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = b.bref_name
  WHERE b.bref_team IS NULL OR NOT REGEXP_CONTAINS(b.bref_team, r'^(TOT|[2-9]TM)$')
)
SELECT
  @season_year AS season_year,
  tricode AS team_abbrev,
  bref_team AS source_team_code,
  bref_name AS player_full_name,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  bref_id,
  NULLIF(ARRAY_TO_STRING([
    IF(tricode IS NULL, FORMAT('known_team: %s is on the site %s', COALESCE(bref_team, '?'), {no_team}), NULL),
    IF(COALESCE(player_lookup, '') = '' OR bref_id IS NULL,
       FORMAT('required_fields: a player of %s has no name or no id', COALESCE(bref_team, '?')), NULL),
    IF(copies > 1 AND player_lookup IS NOT NULL, FORMAT('duplicate_key: %s twice with %s', bref_name, bref_team),
           NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM listed
