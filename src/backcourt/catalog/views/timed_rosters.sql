-- Roster snapshots, and the moment from which each is known: that of the snapshot itself, or the end of its hour (UTC) if
-- nothing more is said. Games of the evening before begin after midnight in UTC: what is dated to a day counts from its
-- fifth hour, New York's midnight. A snapshot that was taken after its date cannot be placed.
SELECT
  taken.player_id,
  COALESCE(called.player_lookup, taken.player_lookup) AS player_lookup,
  COALESCE(called.player_name, taken.player_full_name) AS player_full_name,
  taken.team_abbr,
  taken.season_year,
  taken.roster_date,
  taken.known_at
FROM (
  SELECT
    player_id, player_lookup, player_full_name, team_abbr, season_year, roster_date,
    GREATEST(
      TIMESTAMP_ADD(TIMESTAMP(roster_date), INTERVAL 5 HOUR),
      COALESCE(observed_at, TIMESTAMP_ADD(TIMESTAMP(roster_date), INTERVAL 60 * scrape_hour + 59 MINUTE))
    ) AS known_at
  FROM nba_raw.espn_team_rosters
  WHERE roster_date BETWEEN DATE_SUB(@start_date, INTERVAL 30 DAY) AND @end_date
) AS taken
LEFT JOIN ({official_names}) AS called ON called.player_id = taken.player_id
WHERE taken.known_at < TIMESTAMP_ADD(TIMESTAMP(taken.roster_date), INTERVAL 29 HOUR)
