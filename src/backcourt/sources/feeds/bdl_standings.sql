-- nba_raw.bdl_standings: a day's standings hold all teams, or are held back. Games at neutral sites (eight teams had
-- some in 2024-25) are neither home nor away, so the two records may fall short of the total, never exceed it.
WITH listed AS (
  SELECT
    b.as_of_date, b.team, b.conference, b.division, b.wins, b.losses, b.conference_rank, b.division_rank,
    b.home_record, b.road_record, b.conference_record, b.division_record, b.landed_from,
    COALESCE(b.team, '?') AS who,
    k.tricode AS known_team,
    SAFE_CAST(SPLIT(b.home_record, '-')[SAFE_OFFSET(0)] AS INT64)
      + SAFE_CAST(SPLIT(b.road_record, '-')[SAFE_OFFSET(0)] AS INT64) AS wins_by_place,
    SAFE_CAST(SPLIT(b.home_record, '-')[SAFE_OFFSET(1)] AS INT64)
      + SAFE_CAST(SPLIT(b.road_record, '-')[SAFE_OFFSET(1)] AS INT64) AS losses_by_place,
    COUNT(*) OVER (PARTITION BY b.as_of_date, b.team) AS copies,
    COUNT(*) OVER (PARTITION BY b.as_of_date) AS teams
  FROM nba_staging.bdl_standings AS b
  LEFT JOIN nba_staging.teams AS k ON k.tricode = b.team
)
SELECT
  as_of_date,
  team AS team_abbr,
  @season_year AS season_year,
  conference,
  division,
  wins,
  losses,
  conference_rank,
  division_rank,
  home_record,
  road_record,
  conference_record,
  division_record,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(team IS NULL OR conference IS NULL OR division IS NULL OR wins IS NULL OR losses IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(team IS NOT NULL AND known_team IS NULL, FORMAT('known_team: %s is %s', who, {no_team}), NULL),
    IF(conference NOT IN ('East', 'West'), FORMAT('known_conference: %s is in %s', who, conference), NULL),
    IF(wins < 0 OR losses < 0 OR wins + losses > 82,
       FORMAT('games_plausible: %s has %d wins and %d losses', who, wins, losses), NULL),
    IF(wins_by_place > wins OR losses_by_place > losses,
       FORMAT('records_add_up: %s %d-%d, at home %s and away %s', who, wins, losses, home_record, road_record),
           NULL),
    IF(conference_rank NOT BETWEEN 1 AND 15 OR division_rank NOT BETWEEN 1 AND 5,
       FORMAT('rank_plausible: %s', who), NULL),
    IF(as_of_date < @first_day, FORMAT('date_in_season: before season %s', @season), NULL),
    IF(teams <> 30, FORMAT('thirty_teams: %d rows', teams), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s has %d rows', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  IF(wins_by_place IS NULL OR losses_by_place IS NULL, 'no records at home and away, not compared', NULL) AS warning
FROM listed
