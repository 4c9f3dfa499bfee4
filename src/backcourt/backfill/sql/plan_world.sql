-- A hash over the inputs of every date and table, and over the ledger's state.
SELECT
  TO_HEX(SHA256(STRING_AGG(
    CONCAT(
      i.table_name, FORMAT_DATE('%F', i.game_date), i.fingerprint, COALESCE(l.status, ''),
      COALESCE(l.output_fingerprint, '')
    ),
    ''
    ORDER BY i.table_name, i.game_date
  ))) AS world
FROM {inputs} AS i
LEFT JOIN nba_processing.backfill_ledger AS l ON l.table_name = i.table_name AND l.game_date = i.game_date
