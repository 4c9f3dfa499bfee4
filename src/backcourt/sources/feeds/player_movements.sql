-- nba_raw.nbac_player_movement. Of several lists the newest that has a transaction decides. A team that gets picks from
-- several others has a line for each of them under one key: their sentences are joined.
WITH newest AS (
  SELECT group_sort, MAX(received) AS received FROM nba_staging.player_movements GROUP BY group_sort
),
lines AS (
  SELECT DISTINCT
    m.transaction_date, NULLIF(TRIM(m.group_sort), '') AS group_sort, m.player_id, m.team_id,
    NULLIF(TRIM(m.transaction_type), '') AS transaction_type, NULLIF(TRIM(m.description), '') AS description,
    m.player_slug, k.tricode
  FROM nba_staging.player_movements AS m
  INNER JOIN newest AS n ON n.group_sort IS NOT DISTINCT FROM m.group_sort AND n.received = m.received
  LEFT JOIN nba_staging.teams AS k ON k.team_id = m.team_id
),
joined AS (
  SELECT
    transaction_date, group_sort, player_id, team_id, tricode, transaction_type,
    STRING_AGG(description, ' ' ORDER BY description) AS description,
    MIN(player_slug) AS player_slug, COUNT(*) AS sentences, COUNTIF(description IS NULL) AS mute
  FROM lines
  GROUP BY transaction_date, group_sort, player_id, team_id, tricode, transaction_type
),
judged AS (
  SELECT *, COUNT(*) OVER (PARTITION BY transaction_date, group_sort, player_id, team_id) AS copies FROM joined
)
SELECT
  transaction_date,
  group_sort,
  player_id,
  tricode AS team_abbr,
  @season_year AS season_year,
  transaction_type,
  description,
  player_slug,
  NULLIF(ARRAY_TO_STRING([
    IF(transaction_date IS NULL OR group_sort IS NULL OR player_id IS NULL OR team_id IS NULL
       OR transaction_type IS NULL OR mute > 0, 'required_fields: a line misses a field', NULL),
    IF(team_id IS NOT NULL AND tricode IS NULL, FORMAT('known_team: %d', team_id), NULL),
    IF(player_id < 0, FORMAT('not_negative: player %d', player_id), NULL),
    IF(sentences > 1 AND player_id > 0, FORMAT('one_sentence: player %d has %d', player_id, sentences), NULL),
    IF(copies > 1, FORMAT('duplicate_key: player %d has %d kinds of transaction', player_id, copies), NULL)
  ], '; '), '') AS broken_rules,
  CAST(NULL AS STRING) AS warning
FROM judged
