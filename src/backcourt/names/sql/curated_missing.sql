-- The curated aliases that the warehouse does not have; one that somebody withdrew stays withdrawn.
SELECT c.*
FROM {curated} AS c
WHERE NOT EXISTS (
  SELECT 1 FROM nba_reference.player_aliases AS t
  WHERE t.alias_lookup = c.alias_lookup AND t.season = '' AND t.team_abbr = ''
)
