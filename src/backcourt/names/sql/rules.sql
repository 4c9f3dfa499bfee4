-- Whom the rules and the aliases choose for each asked name, and why, or why nobody. The steps in their order: the exact
-- name; then, only among the team's and the season's players, a missing suffix, another form of the first name, swapped
-- words, one letter. Where no file of the season is loaded, who can have played then is asked instead: his career tells.
-- Whenever two people fit, nobody is chosen, and the reason says why.
WITH listed_once AS (
  SELECT DISTINCT player_id, season FROM nba_staging.name_listed
),
context AS (
  SELECT
    a.*, s.season IS NOT NULL AS season_known, t.season IS NOT NULL AS team_known,
    -- Whether the lists say who was there: those of the team, or without one those of the season.
    s.season IS NOT NULL AND (t.season IS NOT NULL OR a.team_abbr = '' OR a.is_no_team) AS is_told
  FROM nba_staging.name_asks AS a
  LEFT JOIN (SELECT DISTINCT season FROM nba_staging.name_listed) AS s ON s.season = a.season
  LEFT JOIN (SELECT DISTINCT season, team_abbr FROM nba_staging.name_listed) AS t
    ON t.season = a.season AND t.team_abbr = a.team_abbr
),
people AS (
  SELECT
    p.ask,
    p.player_id,
    LOGICAL_OR(in_team) AS in_team,
    LOGICAL_OR(in_season) AS in_season,
    LOGICAL_OR(can_be) AS can_be,
    LOGICAL_OR(is_in_career) AS is_in_career,
    LOGICAL_OR(is_exact) AS is_exact,
    LOGICAL_OR(same_base) AS same_base,
    LOGICAL_OR(same_base AND suffixes_agree) AS but_suffix,
    LOGICAL_OR(is_short AND suffixes_agree) AS is_short,
    LOGICAL_OR(is_longer) AS is_longer,
    LOGICAL_OR(is_swapped AND suffixes_agree) AS is_swapped,
    LOGICAL_OR(edits = 1 AND may_be_misspelt AND suffixes_agree) AS is_edit,
    -- Where no team narrows the field: the order of the words shows by itself; the last name of a first name that
    -- nobody else has. Brothers share a last name, fathers and sons all but the suffix.
    LOGICAL_OR(is_swapped AND same_suffix AND order_shows) AS is_surely_swapped,
    LOGICAL_OR(edits = 1 AND may_be_misspelt AND same_suffix AND shares_rare_first) AS is_sure_edit,
    MIN(edits) AS edits,
    MAX(score) AS score
  FROM nba_staging.name_pairs AS p
  INNER JOIN nba_staging.name_edits AS e ON e.asked_base = p.asked_base AND e.base = p.base
  GROUP BY p.ask, p.player_id
),
-- Who else can be meant: somebody of the season (where it is not loaded, who can have played then; without one, of all
-- times) with these letters or one letter away.
siblings AS (
  SELECT p.ask, p.player_id, LOGICAL_OR(b.base IS NOT NULL) AS same_base
  FROM people AS p
  INNER JOIN context AS c ON c.ask = p.ask
  INNER JOIN nba_staging.name_near AS n ON n.base = c.base AND n.player_id <> p.player_id
  LEFT JOIN listed_once AS l ON l.player_id = n.player_id AND l.season = c.season
  LEFT JOIN nba_staging.name_careers AS y ON y.player_id = n.player_id
  LEFT JOIN (SELECT DISTINCT base, player_id FROM nba_staging.name_people) AS b
    ON b.base = n.base AND b.player_id = n.player_id
  WHERE l.season IS NOT NULL
    OR (NOT c.is_told AND COALESCE(c.season_year BETWEEN y.can_from AND y.can_to, NOT c.season_known))
  GROUP BY p.ask, p.player_id
),
named AS (
  SELECT
    p.*,
    c.is_told,
    c.season_year IS NOT NULL AS has_season,
    c.team_abbr <> '' AS has_team,
    c.suffix <> '' AS has_suffix,
    p.is_short OR p.is_swapped OR p.is_edit AS is_like,
    -- A season that is loaded lists him, or he is in the middle of his career.
    CASE
      WHEN c.season_year IS NULL THEN TRUE
      WHEN c.is_told THEN p.is_in_career
      ELSE p.can_be
    END AS may_be_chosen,
    n.player_id IS NOT NULL AS has_sibling,
    -- An exact name with its suffix is doubted where no season tells, or where his team is known and he is not in it.
    CASE
      WHEN c.season_year IS NULL OR c.team_known THEN n.player_id IS NOT NULL
      ELSE c.suffix = '' AND COALESCE(n.same_base, FALSE)
    END AS is_doubted
  FROM people AS p
  INNER JOIN context AS c ON c.ask = p.ask
  LEFT JOIN siblings AS n ON n.ask = p.ask AND n.player_id = p.player_id
),
counted AS (
  SELECT
    n.*,
    COUNT(CASE WHEN in_team AND is_exact THEN 1 END) OVER same_ask AS exact_in_team,
    COUNT(CASE WHEN in_team AND but_suffix THEN 1 END) OVER same_ask AS base_in_team,
    COUNT(CASE WHEN in_team AND is_like THEN 1 END) OVER same_ask AS like_in_team,
    COUNT(CASE WHEN in_team AND edits <= 2 THEN 1 END) OVER same_ask AS near_in_team,
    COUNT(CASE WHEN in_season AND is_exact THEN 1 END) OVER same_ask AS exact_in_season,
    COUNT(CASE WHEN in_season AND but_suffix THEN 1 END) OVER same_ask AS base_in_season,
    COUNT(CASE WHEN in_season AND (is_like OR same_base) THEN 1 END) OVER same_ask AS like_in_season,
    COUNT(CASE WHEN is_longer AND NOT same_base AND IF(is_told, in_season, can_be) THEN 1 END)
      OVER same_ask AS longer,
    COUNT(CASE WHEN can_be AND is_exact THEN 1 END) OVER same_ask AS exact_then,
    COUNT(CASE WHEN can_be AND same_base THEN 1 END) OVER same_ask AS base_then,
    COUNT(CASE WHEN can_be AND (same_base OR is_swapped OR is_sure_edit) THEN 1 END) OVER same_ask AS like_then,
    COUNT(CASE WHEN is_exact THEN 1 END) OVER same_ask AS exact_anywhere,
    COUNT(CASE WHEN same_base THEN 1 END) OVER same_ask AS base_anywhere
  FROM named AS n
  WINDOW same_ask AS (PARTITION BY ask)
),
ruled AS (
  SELECT
    ask,
    player_id,
    score,
    CASE
      WHEN in_team AND is_exact AND exact_in_team = 1 THEN 'exact_context'
      WHEN exact_in_team > 0 THEN NULL
      WHEN in_team AND but_suffix AND base_in_team = 1 THEN 'suffix'
      WHEN base_in_team > 0 THEN NULL
      WHEN in_team AND like_in_team = 1 AND is_short THEN 'short_form'
      WHEN in_team AND like_in_team = 1 AND is_swapped THEN 'swapped'
      WHEN in_team AND like_in_team = 1 AND is_edit AND near_in_team = 1 THEN 'one_edit'
      WHEN like_in_team > 0 THEN NULL
      WHEN in_season AND is_exact AND exact_in_season = 1 AND longer = 0 AND NOT is_doubted THEN 'exact'
      WHEN exact_in_season > 0 THEN NULL
      WHEN is_exact AND may_be_chosen AND exact_then = 1 AND longer = 0 AND NOT is_doubted THEN 'exact'
      WHEN exact_then > 0 THEN NULL
      -- What is like a name, but with another team, is somebody else.
      WHEN is_told AND has_team THEN NULL
      WHEN in_season AND but_suffix AND base_in_season = 1 AND NOT has_sibling THEN 'suffix'
      WHEN in_season AND is_surely_swapped AND like_in_season = 1 THEN 'swapped'
      WHEN in_season AND is_sure_edit AND like_in_season = 1 THEN 'one_edit'
      WHEN is_told THEN NULL
      -- A suffix that somebody of another era has is his.
      WHEN has_season AND is_in_career AND but_suffix AND base_then = 1 AND NOT has_sibling
        AND (NOT has_suffix OR exact_anywhere = 0) THEN 'suffix'
      WHEN base_then > 0 OR NOT (is_in_career OR NOT has_season) THEN NULL
      WHEN is_surely_swapped AND like_then = 1 THEN 'swapped'
      WHEN is_sure_edit AND like_then = 1 THEN 'one_edit'
    END AS step
  FROM counted
),
by_rule AS (
  SELECT ask, player_id, step, score FROM ruled WHERE step IS NOT NULL
  QUALIFY COUNT(*) OVER (PARTITION BY ask) = 1
),
registered AS (SELECT DISTINCT player_id FROM nba_staging.name_people),
-- An alias for one team and season beats one for all. A curated one holds while its player can have played, brings
-- nobody into a season that does not list him, and gives way to somebody of the team whose name is exactly this.
by_alias AS (
  SELECT c.ask, l.player_id, l.alias_source
  FROM context AS c
  INNER JOIN nba_staging.name_aliases AS l
    ON l.alias_lookup = c.lookup AND l.season IN ('', c.season) AND l.team_abbr IN ('', c.team_abbr)
  INNER JOIN registered AS r ON r.player_id = l.player_id
  LEFT JOIN listed_once AS s ON s.player_id = l.player_id AND s.season = c.season
  LEFT JOIN nba_staging.name_careers AS y ON y.player_id = l.player_id
  LEFT JOIN by_rule AS b ON b.ask = c.ask AND b.step = 'exact_context' AND b.player_id <> l.player_id
  WHERE (
      l.alias_source <> 'known'
      OR s.season IS NOT NULL
      OR (c.season_known AND c.season_year BETWEEN y.first_year AND y.last_year)
      OR (NOT c.is_told AND COALESCE(c.season_year BETWEEN y.can_from AND y.can_to, NOT c.season_known))
    )
    AND (b.ask IS NULL OR l.season <> '' OR l.team_abbr <> '')
  QUALIFY ROW_NUMBER() OVER (PARTITION BY c.ask ORDER BY l.season DESC, l.team_abbr DESC) = 1
),
chosen AS (
  SELECT
    c.ask,
    COALESCE(a.player_id, b.player_id) AS player_id,
    IF(a.ask IS NOT NULL, 'alias', b.step) AS step,
    IF(a.ask IS NOT NULL, 1.0, b.score) AS score,
    a.alias_source
  FROM context AS c
  LEFT JOIN by_alias AS a ON a.ask = c.ask
  LEFT JOIN by_rule AS b ON b.ask = c.ask
  WHERE c.problem = ''
)
SELECT
  c.ask,
  j.player_id,
  COALESCE(j.step, '') AS step,
  j.score,
  CONCAT(
    CASE
      WHEN c.problem <> '' THEN c.problem
      WHEN j.step = 'alias' THEN CONCAT('alias (', j.alias_source, ')')
      WHEN j.step = 'exact_context' THEN CONCAT('the only player of this name with ', c.team_abbr, ' in ', c.season)
      WHEN j.step = 'exact' AND w.exact_in_season > 0 THEN CONCAT('the only player of this name in ', c.season)
      WHEN j.step = 'exact' AND c.season_year IS NOT NULL
        THEN CONCAT('the only player of this name who can have played in ', c.season)
      WHEN j.step = 'exact' THEN 'the only registered player of this or nearly this name'
      WHEN j.step = 'suffix' THEN CONCAT('the only player of this name, suffix aside, ', place)
      WHEN j.step = 'short_form' THEN CONCAT('the only player of this last name with a fitting first name ', place)
      WHEN j.step = 'swapped' THEN CONCAT('the only player of these words in another order ', place)
      WHEN j.step = 'one_edit' THEN CONCAT('the only player one letter away ', place)
      WHEN w.exact_in_team > 1 THEN CONCAT('two players of this name with ', c.team_abbr, ' in ', c.season)
      WHEN w.base_in_team > 1 THEN CONCAT('two players of this name, suffix aside, with ', c.team_abbr, ' in ', c.season)
      WHEN w.like_in_team > 1 THEN CONCAT('several players of ', c.team_abbr, ' in ', c.season, ' have a similar name')
      WHEN w.exact_in_season > 0 THEN CONCAT('in ', c.season, ' others have this or nearly this name')
      WHEN c.team_abbr <> '' AND w.base_in_season > 0
        THEN CONCAT('in ', c.season, ' a player of this name, suffix aside, was not with ', c.team_abbr)
      WHEN c.season_known AND w.base_anywhere > 0
        THEN CONCAT('players of this name are registered, but none in ', c.season)
      WHEN c.season_year IS NOT NULL AND w.base_anywhere > 0 AND w.base_then = 0
        THEN CONCAT('players of this name are registered, but none who can have played in ', c.season)
      WHEN c.season_year IS NOT NULL AND w.base_anywhere > 0
        THEN CONCAT('several who can have played in ', c.season, ' have this or nearly this name')
      WHEN w.exact_anywhere > 1 THEN 'several players have this name, and no season tells them apart'
      WHEN w.exact_anywhere > 0 AND w.longer > 0
        THEN 'somebody has this name, but it may be the short form of another, and no season tells them apart'
      WHEN w.base_anywhere > 0 THEN 'others have this name but for the suffix or one letter, and no season tells them apart'
      WHEN c.season_known THEN CONCAT('nobody of this name ', place)
      ELSE 'nobody of this name is registered'
    END,
    IF(c.is_no_team AND c.problem = '', CONCAT('; no team is called ', c.team_abbr, ', so none was used'), '')
  ) AS evidence
FROM (
  SELECT
    *,
    CASE
      WHEN team_known THEN CONCAT('with ', team_abbr, ' in ', season)
      WHEN season_known THEN CONCAT('in ', season)
      WHEN season_year IS NOT NULL THEN CONCAT('who can have played in ', season)
      ELSE 'of all times'
    END AS place
  FROM context
) AS c
LEFT JOIN chosen AS j ON j.ask = c.ask
LEFT JOIN (
  SELECT
    ask, MAX(exact_in_team) AS exact_in_team, MAX(base_in_team) AS base_in_team, MAX(like_in_team) AS like_in_team,
    MAX(exact_in_season) AS exact_in_season, MAX(base_in_season) AS base_in_season, MAX(base_then) AS base_then,
    MAX(exact_anywhere) AS exact_anywhere, MAX(base_anywhere) AS base_anywhere, MAX(longer) AS longer
  FROM counted
  GROUP BY ask
) AS w ON w.ask = c.ask
ORDER BY c.ask
