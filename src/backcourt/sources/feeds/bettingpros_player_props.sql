-- nba_raw.bettingpros_player_points_props. Offers are fetched by game; of others the event tells the game where the
-- answer carries it, else the player's team. The team that the source prints is often a later one, so only the
-- schedule's teams validate it.
WITH listed AS (
  SELECT
    r.*, n.player_lookup,
    CONCAT(COALESCE(r.player_name, '?'), ' ', COALESCE(r.bet_side, '?')) AS who,
    COALESCE(g.game_id, s.game_id, t.game_id) AS known_game,
    COALESCE(g.home_team_tricode, s.home_team_tricode, t.home_team_tricode) AS home_team,
    COALESCE(g.away_team_tricode, s.away_team_tricode, t.away_team_tricode) AS away_team,
    COUNT(*) OVER (PARTITION BY r.game_date, r.offer_id, r.bet_side, r.book_id) AS copies
  FROM nba_staging.bettingpros_player_props AS r
  LEFT JOIN nba_staging.player_names AS n ON n.player_name = r.player_name
  LEFT JOIN nba_raw.nbac_schedule AS g ON g.game_id = r.game_id AND g.game_date = r.game_date
    AND g.season_year = @season_year
  {game_of_teams}
  LEFT JOIN nba_raw.nbac_schedule AS t ON t.game_date = r.game_date AND t.season_year = @season_year
    AND r.home IS NULL AND r.player_team IN (t.home_team_tricode, t.away_team_tricode)
)
SELECT
  game_date,
  offer_id,
  bet_side,
  book_id,
  known_game AS game_id,
  @season_year AS season_year,
  player_lookup,
  CAST(NULL AS INT64) AS player_id,
  player_name AS player_full_name,
  player_team,
  IF(player_team IN (home_team, away_team), player_team, NULL) AS validated_team,
  points_line,
  odds_american,
  is_active,
  opening_line,
  landed_from,
  NULLIF(ARRAY_TO_STRING([
    IF(offer_id IS NULL OR book_id IS NULL OR COALESCE(player_lookup, '') = '' OR points_line IS NULL,
       FORMAT('required_fields: %s misses a field', who), NULL),
    IF(COALESCE(bet_side, '') NOT IN ('over', 'under'), FORMAT('known_side: %s', who), NULL),
    IF(points_line <= 0 OR points_line > 100 OR opening_line <= 0 OR opening_line > 100,
       FORMAT('line_plausible: %s', who), NULL),
    IF(ABS(odds_american) < 100, FORMAT('price_plausible: %s %d', who, odds_american), NULL),
    IF(copies > 1, FORMAT('duplicate_key: %s %d times at one book', who, copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(known_game IS NULL, 'no_game', NULL),
    IF(known_game IS NOT NULL AND COALESCE(player_team NOT IN (home_team, away_team), TRUE), 'team_differs', NULL)
  ], '; '), '') AS warning
FROM listed
