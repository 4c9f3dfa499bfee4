-- One decision per entry of a list. The source's id decides before anything else; and a list names a player once:
-- whoever is there under his own name is not meant by a similar one, too.
WITH registered AS (SELECT DISTINCT player_id FROM nba_staging.name_people),
found AS (
  SELECT
    n.entry,
    n.source,
    n.season,
    n.team_abbr,
    n.lookup,
    COALESCE(i.player_id, c.player_id) AS player_id,
    IF(i.player_id IS NOT NULL, 'id', c.step) AS step,
    IF(i.player_id IS NOT NULL, 1.0, c.score) AS score,
    c.evidence
  FROM nba_staging.name_entries AS n
  INNER JOIN nba_staging.name_chosen AS c ON c.ask = n.ask
  LEFT JOIN (
    SELECT k.source, k.source_player_id, k.player_id
    FROM nba_staging.name_ids AS k
    INNER JOIN registered AS r ON r.player_id = k.player_id
  ) AS i ON NOT c.is_problem AND i.source = n.source AND i.source_player_id = n.source_player_id
),
-- "C. McCollum" and "C McCollum" are one name.
listed AS (
  SELECT f.source, f.season, f.team_abbr, f.player_id, COUNT(DISTINCT f.lookup) AS names
  FROM found AS f
  GROUP BY f.source, f.season, f.team_abbr, f.player_id
),
judged AS (
  SELECT f.*, f.step IN ('short_form', 'swapped', 'one_edit') AND (l.names > 1 OR s.player_id IS NOT NULL) AS is_taken
  FROM found AS f
  LEFT JOIN listed AS l
    ON l.source = f.source AND l.season = f.season AND l.team_abbr = f.team_abbr AND l.player_id = f.player_id
  LEFT JOIN nba_staging.name_settled AS s
    ON s.source = f.source AND s.season = f.season AND s.team_abbr = f.team_abbr AND s.player_id = f.player_id
)
SELECT
  entry,
  IF(is_taken, NULL, player_id) AS player_id,
  IF(is_taken, '', step) AS step,
  IF(is_taken, NULL, score) AS score,
  CASE
    WHEN is_taken THEN CONCAT('the similar player is already there under another name: ', FORMAT('%d', player_id))
    WHEN step = 'id' THEN CONCAT('the id that ', source, ' gives him was matched before')
    ELSE evidence
  END AS evidence
FROM judged
ORDER BY entry
