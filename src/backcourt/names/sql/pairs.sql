-- Who may be meant: for every asked name the registered names that it is compared with, and what they have in common.
-- With a team that the season knows: everybody listed there. Always: the same letters, the same words in another
-- order. Without a team: whoever shares a word that only one person has, and in a season the same last name.
WITH asked AS (
  SELECT a.*, s.season IS NOT NULL AS season_known, t.season IS NOT NULL AS team_known
  FROM nba_staging.name_asks AS a
  LEFT JOIN (SELECT DISTINCT season FROM nba_staging.name_listed) AS s ON s.season = a.season
  LEFT JOIN (SELECT DISTINCT season, team_abbr FROM nba_staging.name_listed) AS t
    ON t.season = a.season AND t.team_abbr = a.team_abbr
  WHERE a.problem = ''
),
found AS (
  SELECT a.ask, p.name_id
  FROM asked AS a
  INNER JOIN nba_staging.name_listed AS l ON l.season = a.season AND l.team_abbr = a.team_abbr
  INNER JOIN nba_staging.name_people AS p ON p.player_id = l.player_id
  UNION DISTINCT
  SELECT a.ask, p.name_id FROM asked AS a INNER JOIN nba_staging.name_people AS p ON p.base = a.base
  UNION DISTINCT
  SELECT a.ask, p.name_id FROM asked AS a INNER JOIN nba_staging.name_people AS p ON p.sorted_words = a.sorted_words
  UNION DISTINCT
  SELECT a.ask, p.name_id
  FROM asked AS a
  INNER JOIN nba_staging.name_people AS p ON p.first_word = a.first_word AND p.first_rare
  WHERE NOT a.team_known
  UNION DISTINCT
  SELECT a.ask, p.name_id
  FROM asked AS a
  INNER JOIN nba_staging.name_people AS p ON p.last_word = a.last_word
  INNER JOIN nba_staging.name_listed AS l ON l.player_id = p.player_id AND l.season = a.season
  WHERE NOT a.team_known
  UNION DISTINCT
  SELECT a.ask, p.name_id
  FROM asked AS a
  INNER JOIN nba_staging.name_people AS p ON p.last_word = a.last_word
  LEFT JOIN nba_staging.name_book AS b ON b.name = p.first_word AND b.short_form = a.first_word
  WHERE NOT a.team_known AND (STARTS_WITH(p.first_word, a.first_word) OR b.name IS NOT NULL)
),
book AS (
  SELECT a.first_word AS asked_word, b.short_form AS registered_word, FALSE AS asked_is_short
  FROM asked AS a INNER JOIN nba_staging.name_book AS b ON b.name = a.first_word
  UNION DISTINCT
  SELECT a.first_word, b.name, TRUE
  FROM asked AS a INNER JOIN nba_staging.name_book AS b ON b.short_form = a.first_word
),
words AS (
  SELECT asked_word, registered_word, LOGICAL_OR(asked_is_short) AS asked_is_short
  FROM book GROUP BY asked_word, registered_word
)
SELECT
  a.ask,
  a.base AS asked_base,
  p.player_id,
  p.base,
  t.player_id IS NOT NULL AS in_team,
  s.player_id IS NOT NULL AS in_season,
  -- Whether he can have been there. Of somebody whose career nobody knows only a season that is loaded can tell.
  CASE
    WHEN s.player_id IS NOT NULL OR a.season_year IS NULL THEN TRUE
    WHEN y.player_id IS NULL THEN NOT a.season_known
    ELSE a.season_year BETWEEN y.can_from AND y.can_to
  END AS can_be,
  s.player_id IS NOT NULL OR COALESCE(a.season_year BETWEEN y.first_year AND y.last_year, FALSE) AS is_in_career,
  p.lookup = a.lookup AS is_exact,
  p.base = a.base AS same_base,
  -- Two different suffixes are two people.
  p.suffix = a.suffix AS same_suffix,
  p.suffix = a.suffix OR p.suffix = '' OR a.suffix = '' AS suffixes_agree,
  p.base <> a.base AND p.sorted_words = a.sorted_words AS is_swapped,
  -- The order of the words shows by itself: the first is nobody's first name and the last nobody's last name.
  NOT a.first_opens AND NOT a.last_closes AS order_shows,
  -- First names of which one begins the other, stands for it in the name book, or is its initials; a middle name more.
  p.base <> a.base AND p.last_word = a.last_word AND a.words > 1 AND p.words > 1 AND (
    (p.first_word = a.first_word AND p.words <> a.words)
    OR (STARTS_WITH(p.first_word, a.first_word) AND LENGTH(a.first_word) > 1)
    OR (STARTS_WITH(a.first_word, p.first_word) AND LENGTH(p.first_word) > 1)
    -- C. for CJ: initials of which one begins the other.
    OR (a.initials AND p.initials
      AND (STARTS_WITH(p.first_word, a.first_word) OR STARTS_WITH(a.first_word, p.first_word)))
    OR k.asked_word IS NOT NULL
    -- Initials of which every letter stands for something: R.J. for Ruben Nembhard Jr.
    OR (
      a.initials <> p.initials
      AND SUBSTR(p.first_word, 1, 1) = SUBSTR(a.first_word, 1, 1)
      AND CASE LENGTH(IF(a.initials, a.first_word, p.first_word))
        WHEN 1 THEN TRUE
        WHEN 2 THEN SUBSTR(IF(a.initials, a.first_word, p.first_word), 2, 1)
          IN (SUBSTR(IF(a.initials, p.middle, a.middle), 1, 1), IF('jr' IN (a.suffix, p.suffix), 'j', ''))
        ELSE FALSE
      END
    )
  ) AS is_short,
  -- The asked name may be the short form of this one.
  p.last_word = a.last_word AND p.first_word <> a.first_word
    AND (STARTS_WITH(p.first_word, a.first_word) OR COALESCE(k.asked_is_short, FALSE)) AS is_longer,
  -- One word differs, and the asked one is nobody's: a known name is no misspelling of another.
  a.words = p.words
    AND IF(a.first_word <> p.first_word, 1, 0) + IF(a.middle <> p.middle, 1, 0) + IF(a.last_word <> p.last_word, 1, 0)
    = 1
    AND (a.first_word = p.first_word OR (NOT a.first_known AND LENGTH(p.first_word) > 3))
    AND (a.middle = p.middle OR NOT a.middle_known)
    AND (a.last_word = p.last_word OR (NOT a.last_known AND LENGTH(p.last_word) > 3)) AS may_be_misspelt,
  -- Of a short last name one letter is too much.
  a.first_word = p.first_word AND p.first_rare AND LENGTH(p.last_word) > 5 AS shares_rare_first
FROM found AS f
INNER JOIN asked AS a ON a.ask = f.ask
INNER JOIN nba_staging.name_people AS p ON p.name_id = f.name_id
LEFT JOIN nba_staging.name_listed AS t
  ON t.player_id = p.player_id AND t.season = a.season AND t.team_abbr = a.team_abbr
LEFT JOIN (SELECT DISTINCT player_id, season FROM nba_staging.name_listed) AS s
  ON s.player_id = p.player_id AND s.season = a.season
LEFT JOIN nba_staging.name_careers AS y ON y.player_id = p.player_id
LEFT JOIN words AS k ON k.asked_word = a.first_word AND k.registered_word = p.first_word
