-- The open questions that nobody has touched and no raw row asks any more.
SELECT source, player_lookup, season, team_abbr
FROM nba_reference.unresolved_player_names AS t
WHERE t.status = 'pending' AND t.reviewed_by IS NULL AND t.source IN UNNEST(@carriers)
  AND NOT EXISTS (
    SELECT 1 FROM {asked} AS n
    WHERE n.source = t.source AND n.player_lookup = t.player_lookup AND n.season = t.season
      AND n.team_abbr = t.team_abbr
  )
