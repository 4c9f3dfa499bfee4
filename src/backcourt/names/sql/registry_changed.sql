-- Rows of the registry that are new, or known otherwise; a row is never replaced by what was known earlier.
SELECT n.*, COALESCE(t.created_by, @run_id) AS created_by, COALESCE(t.created_at, @now) AS created_at
FROM {counted} AS n
LEFT JOIN nba_reference.nba_players_registry AS t
  ON n.universal_player_id = t.universal_player_id AND n.team_abbr = t.team_abbr AND n.season = t.season
WHERE t.player_id IS NULL OR NOT (
  COALESCE({same}, FALSE)
  OR COALESCE(t.last_gamebook_activity_date > COALESCE(n.last_gamebook_activity_date, DATE '1900-01-01')
    OR t.last_roster_activity_date > COALESCE(n.last_roster_activity_date, DATE '1900-01-01'), FALSE)
)
