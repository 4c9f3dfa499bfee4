-- The aliases that will be in force.
SELECT alias_lookup, season, team_abbr, player_id, alias_source
FROM nba_reference.player_aliases
WHERE is_active
UNION ALL
SELECT alias_lookup, '', '', player_id, 'known' FROM {curated}
