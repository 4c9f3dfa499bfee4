-- nba_raw.nbac_schedule from the season's schedule file. The id's prefix decides the kind of game. Where a game is
-- played is what the schedule says; only if it names neither arena nor city, the date and the teams tell.
WITH listed AS (
  SELECT
    g.game_id, g.game_date, g.season, g.home_abbreviation, g.away_abbreviation, g.home_team_id, g.away_team_id,
    g.home_score, g.away_score, g.periods, g.starters_on, g.status,
    o.starter_ids AS stored_starters,
    -- A time belongs to the date for which it was said: a game that is put off gets a new one.
    COALESCE(g.tipoff_text, IF(o.game_date = g.game_date, o.tipoff_text, NULL)) AS tipoff_text,
    g.tipoff_planned, o.tipoff_at AS stored_tipoff_at,
    IF(COALESCE(TRIM(g.arena_name), '') = '' AND COALESCE(TRIM(g.arena_city), '') = '',
       o.arena_name, NULLIF(TRIM(g.arena_name), '')) AS arena_name,
    IF(COALESCE(TRIM(g.arena_name), '') = '' AND COALESCE(TRIM(g.arena_city), '') = '',
       o.arena_city, NULLIF(TRIM(g.arena_city), '')) AS arena_city,
    COALESCE(g.is_neutral, o.is_neutral) AS is_neutral,
    g.season_type AS stated_type,
    CASE SUBSTR(g.game_id, 1, 3)
      WHEN '001' THEN 'Pre Season' WHEN '002' THEN 'Regular Season' WHEN '003' THEN 'All-Star'
      WHEN '004' THEN 'Playoffs' WHEN '005' THEN 'Play-In' WHEN '006' THEN 'Cup Final'
    END AS season_type,
    CASE
      WHEN STARTS_WITH(LOWER(g.status), 'final') THEN 3
      WHEN LOWER(g.status) IN ('live', 'in progress', 'halftime') THEN 2
      WHEN LOWER(g.status) IN ('planned', 'scheduled') THEN 1
      WHEN LOWER(g.status) IN ('postponed', 'ppd', 'cancelled', 'canceled') THEN 4
    END AS game_status,
    h.tricode AS known_home,
    a.tricode AS known_away,
    -- Which team's five come first varies, so the order says nothing; some lists are short.
    IF(REGEXP_CONTAINS(g.starters_on, r'^[0-9]{1,18}([|][0-9]{1,18}){0,9}$'), g.starters_on, NULL) AS starters,
    COUNT(*) OVER (PARTITION BY g.game_id) AS copies
  FROM nba_staging.schedule AS g
  LEFT JOIN nba_staging.teams AS h ON h.tricode = g.home_abbreviation AND h.team_id = g.home_team_id
  LEFT JOIN nba_staging.teams AS a ON a.tricode = g.away_abbreviation AND a.team_id = g.away_team_id
  -- What one source does not say stays as another one said it, unless somebody has changed the row since.
  LEFT JOIN (
    SELECT game_id, game_date, starter_ids, tipoff_text, tipoff_at, arena_name, arena_city, is_neutral
    FROM nba_raw.nbac_schedule
    WHERE season_year = @season_year AND NOT {is_altered}
    QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id ORDER BY processed_at DESC, data_hash) = 1
  ) AS o ON o.game_id = g.game_id
),
-- Names are compared by their letters and digits, cities without what follows a comma ("Macao, China").
keyed AS (
  SELECT
    *,
    REGEXP_REPLACE(LOWER(arena_name), r'[^a-z0-9]', '') AS arena_key,
    REGEXP_REPLACE(LOWER(SPLIT(arena_city, ',')[SAFE_OFFSET(0)]), r'[^a-z0-9]', '') AS city_key
  FROM listed
),
venues AS (
  SELECT
    REGEXP_REPLACE(LOWER(arena), r'[^a-z0-9]', '') AS arena_key,
    REGEXP_REPLACE(LOWER(city), r'[^a-z0-9]', '') AS city_key,
    is_usual, latitude, longitude
  FROM nba_reference.venues
),
homes AS (
  SELECT *, REGEXP_REPLACE(LOWER(city), r'[^a-z0-9]', '') AS city_key FROM nba_reference.arenas
),
-- From the surest to the least sure: the arena in its city; the city, in which it is the home arena unless the site is
-- neutral; the arena alone, whose name no other one has; and only where the schedule names nothing, what is known.
located AS (
  SELECT
    l.*,
    CASE
      WHEN COALESCE(l.arena_key, l.city_key) IS NOT NULL THEN CASE
        WHEN v.latitude IS NOT NULL THEN 'arena'
        WHEN l.city_key = h.city_key AND NOT COALESCE(l.is_neutral, FALSE) THEN 'home_city'
        WHEN c.latitude IS NOT NULL THEN 'city'
        WHEN u.latitude IS NOT NULL THEN 'arena_alone'
        ELSE 'unknown_arena'
      END
      WHEN n.latitude IS NOT NULL THEN 'neutral_game'
      WHEN l.is_neutral THEN 'neutral_site'
      WHEN h.latitude IS NOT NULL THEN 'home_arena'
      ELSE 'no_home_arena'
    END AS found,
    v.latitude AS v_latitude, v.longitude AS v_longitude, h.latitude AS h_latitude, h.longitude AS h_longitude,
    c.latitude AS c_latitude, c.longitude AS c_longitude, u.latitude AS u_latitude, u.longitude AS u_longitude,
    n.latitude AS n_latitude, n.longitude AS n_longitude
  FROM keyed AS l
  LEFT JOIN venues AS v ON v.arena_key = l.arena_key AND v.city_key = l.city_key
  LEFT JOIN venues AS u ON u.arena_key = l.arena_key
  LEFT JOIN venues AS c ON c.city_key = l.city_key AND c.is_usual
  LEFT JOIN homes AS h
    ON h.team_abbr = l.known_home
    AND l.game_date >= h.first_date
    AND l.game_date <= COALESCE(h.last_date, DATE '9999-12-31')
  LEFT JOIN nba_reference.neutral_site_games AS n
    ON n.game_date = l.game_date
    AND n.team_1 = LEAST(l.known_home, l.known_away)
    AND n.team_2 = GREATEST(l.known_home, l.known_away)
),
timed AS (
  SELECT
    *,
    game_date AS eastern_day,
    -- "7:36 PM EST", "7:30 pm ET": EST, EDT and ET are all printed for New York's clock, whatever the season.
    CASE
      WHEN REGEXP_CONTAINS(tipoff_text, r'(?i)^ *(0?[1-9]|1[0-2]):[0-5][0-9] *[ap][.]?m[.]? *(e[sd]?t)? *$') THEN
        60 * MOD(CAST(REGEXP_EXTRACT(tipoff_text, r'([0-9]+):') AS INT64), 12)
        + CAST(REGEXP_EXTRACT(tipoff_text, r':([0-9]+)') AS INT64)
        + IF(REGEXP_CONTAINS(tipoff_text, r'(?i)p[.]?m'), 720, 0)
      WHEN REGEXP_CONTAINS(tipoff_text, r'(?i)^ *(1[3-9]|2[0-3]):[0-5][0-9] *(e[sd]?t)? *$') THEN
        60 * CAST(REGEXP_EXTRACT(tipoff_text, r'([0-9]+):') AS INT64)
        + CAST(REGEXP_EXTRACT(tipoff_text, r':([0-9]+)') AS INT64)
    END AS eastern_minutes
  FROM located
)
SELECT
  game_id,
  CONCAT(FORMAT_DATE('%Y%m%d', game_date), '/', away_abbreviation, home_abbreviation) AS game_code,
  game_date,
  season,
  @season_year AS season_year,
  season_type,
  game_status,
  home_abbreviation AS home_team_tricode,
  away_abbreviation AS away_team_tricode,
  home_team_id,
  away_team_id,
  IF(game_status = 3, home_score, NULL) AS home_team_score,
  IF(game_status = 3, away_score, NULL) AS away_team_score,
  CASE
    WHEN game_status = 3 AND home_score > away_score THEN home_abbreviation
    WHEN game_status = 3 AND away_score > home_score THEN away_abbreviation
  END AS winning_team_tricode,
  IF(game_status = 3, periods, NULL) AS periods,
  IF(starters IS NULL, stored_starters, ARRAY(
    SELECT DISTINCT SAFE_CAST(starter AS INT64) FROM UNNEST(SPLIT(starters, '|')) AS starter ORDER BY 1
  )) AS starter_ids,
  arena_name,
  arena_city,
  is_neutral,
  CASE found
    WHEN 'arena' THEN v_latitude WHEN 'arena_alone' THEN u_latitude WHEN 'city' THEN c_latitude
    WHEN 'neutral_game' THEN n_latitude WHEN 'home_city' THEN h_latitude WHEN 'home_arena' THEN h_latitude
  END AS venue_latitude,
  CASE found
    WHEN 'arena' THEN v_longitude WHEN 'arena_alone' THEN u_longitude WHEN 'city' THEN c_longitude
    WHEN 'neutral_game' THEN n_longitude WHEN 'home_city' THEN h_longitude WHEN 'home_arena' THEN h_longitude
  END AS venue_longitude,
  CASE found WHEN 'arena_alone' THEN 'arena' WHEN 'home_city' THEN 'city' ELSE found END AS place_basis,
  tipoff_text,
  -- The actual tip-off if it is known, else the planned one.
  CASE
    WHEN game_status = 4 THEN NULL
    WHEN eastern_minutes IS NOT NULL THEN {utc_of_eastern}
    WHEN DATE(tipoff_planned, 'America/New_York') = game_date THEN tipoff_planned
    WHEN DATE(stored_tipoff_at, 'America/New_York') = game_date THEN stored_tipoff_at
  END AS tipoff_at,
  NULLIF(ARRAY_TO_STRING([
    IF(game_id IS NULL OR game_date IS NULL OR home_abbreviation IS NULL OR away_abbreviation IS NULL
       OR home_team_id IS NULL OR away_team_id IS NULL OR status IS NULL,
       'required_fields: game_id, game_date, both teams, their ids and status must be given', NULL),
    IF(NOT REGEXP_CONTAINS(game_id, r'^00[1-6][0-9]{7}$'),
       IF(REGEXP_CONTAINS(game_id, r'^0?[1-6][0-9]{7}([.]0+)?$'),
          FORMAT('game_id_format: the id %s has lost its leading zeros, it is 00%s', game_id,
            REGEXP_EXTRACT(game_id, r'^0?([1-6][0-9]{7})')),
          'game_id_format: an id has ten digits and starts with 001 to 006'), NULL),
    IF(SUBSTR(game_id, 4, 2) <> SUBSTR(@season, 3, 2),
       FORMAT('season_of_id: the id is of season 20%s, the file of %s', SUBSTR(game_id, 4, 2), @season), NULL),
    IF(game_date < @first_game_day OR game_date > @last_game_day,
       FORMAT('date_in_season: %s is outside season %s, whose games lie between %s and %s',
         FORMAT_DATE('%Y-%m-%d', game_date), @season, FORMAT_DATE('%Y-%m-%d', @first_game_day),
         FORMAT_DATE('%Y-%m-%d', @last_game_day)), NULL),
    IF(season_type = 'Pre Season' AND (known_home IS NULL OR known_away IS NULL) AND home_team_id IS NOT NULL
       AND away_team_id IS NOT NULL,
       FORMAT('exhibition_game: %s at %s', COALESCE(away_abbreviation, '?'), COALESCE(home_abbreviation, '?')), NULL),
    IF(season_type NOT IN ('All-Star', 'Pre Season') AND (
         (known_home IS NULL AND home_abbreviation IS NOT NULL AND home_team_id IS NOT NULL)
         OR (known_away IS NULL AND away_abbreviation IS NOT NULL AND away_team_id IS NOT NULL)),
       FORMAT('known_team: home %s %s, away %s %s, one is %s', COALESCE(home_abbreviation, '?'),
       COALESCE(CAST(home_team_id AS STRING), '?'), COALESCE(away_abbreviation, '?'),
       COALESCE(CAST(away_team_id AS STRING), '?'), {no_team}), NULL),
    IF(home_abbreviation = away_abbreviation, FORMAT('different_teams: %s twice', home_abbreviation), NULL),
    IF(status IS NOT NULL AND game_status IS NULL, FORMAT('known_status: %s', status), NULL),
    IF(game_status = 3 AND (home_score IS NULL OR away_score IS NULL OR home_score <= 0 OR away_score <= 0),
       'final_scores: a final game has two scores above 0', NULL),
    IF(game_status = 3 AND home_score = away_score AND home_score > 0,
       FORMAT('no_tie: %d all', home_score), NULL),
    IF(game_status = 3 AND (periods IS NULL OR periods < 4),
       FORMAT('periods_played: %s, a final game has at least 4', COALESCE(CAST(periods AS STRING), 'none')), NULL),
    IF(copies > 1, FORMAT('duplicate_key: the game is listed %d times', copies), NULL)
  ], '; '), '') AS broken_rules,
  NULLIF(ARRAY_TO_STRING([
    IF(stated_type <> season_type, 'season_type_differs', NULL),
    -- Rest and travel are of these kinds of games only.
    IF(season_type IN {counted_types} AND found IN ('unknown_arena', 'neutral_site', 'no_home_arena'),
       CONCAT('place unknown, travel will be NULL (', found, ')'), NULL)
  ], '; '), '') AS warning
FROM timed
