-- The team box scores of the judged rows' games; one that was loaded twice is still one box score.
SELECT
  game_id,
  team_abbr,
  MAX(fg_attempted) AS attempts,
  MAX(fg_made) AS makes,
  MAX(three_pt_attempted) AS threes,
  MAX(three_pt_made) AS three_makes
FROM nba_raw.nbac_team_boxscore
WHERE game_id IN (SELECT game_id FROM {source})
GROUP BY game_id, team_abbr
