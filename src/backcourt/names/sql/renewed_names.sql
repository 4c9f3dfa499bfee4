-- Open questions that are new, or of which more is known now. What a person said of a name stays.
SELECT
  n.source, n.player_lookup, n.season, n.team_abbr, n.original_name, n.source_player_id, n.first_seen_date,
  n.last_seen_date, n.occurrences, n.example_games, n.candidates, n.reason,
  IF(COALESCE(o.status, 'resolved') = 'resolved', n.status, o.status) AS status,
  CAST(NULL AS STRING) AS resolution_type,
  CAST(NULL AS INT64) AS resolved_to_player_id,
  o.snooze_until, o.reviewed_by, o.reviewed_at,
  COALESCE(o.created_at, @now) AS created_at,
  @now AS processed_at
FROM {undecided} AS n
LEFT JOIN nba_reference.unresolved_player_names AS o
  ON n.source = o.source AND n.player_lookup = o.player_lookup AND n.season = o.season AND n.team_abbr = o.team_abbr
WHERE o.source IS NULL OR o.occurrences <> n.occurrences OR o.reason <> n.reason OR o.status = 'resolved'
  OR ARRAY_TO_STRING(o.candidates, ',') <> COALESCE(ARRAY_TO_STRING(n.candidates, ','), '')
