-- Names that were never looked up, rows without their decided id, and acts whose consequences are still due.
WITH open_rows AS (
  {selects}
)
SELECT n
FROM (
  SELECT 1 AS place, COUNT(*) AS n
  FROM (
    SELECT DISTINCT source, player_lookup, season, team_abbr
    FROM open_rows AS r
    WHERE NOT decided AND NOT EXISTS (
      SELECT 1 FROM nba_reference.unresolved_player_names AS q
      WHERE q.source = r.source AND q.player_lookup = r.player_lookup AND q.season = r.season
        AND q.team_abbr = r.team_abbr
    )
  )
  UNION ALL
  SELECT 2 AS place, COUNTIF(decided) AS n FROM open_rows
  UNION ALL
  SELECT 3 AS place, COUNTIF(is_due) AS n FROM nba_reference.name_reviews
)
ORDER BY place
