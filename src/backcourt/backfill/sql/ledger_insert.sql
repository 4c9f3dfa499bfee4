-- The ledger's rows of a chunk.
INSERT INTO nba_processing.backfill_ledger (
  table_name, game_date, status, reason, input_fingerprint, inputs, output_fingerprint, row_count, failure_count,
  games_expected, games_found, code_version, attempt, mode, run_id, started_at, finished_at
)
SELECT
  n.table_name, n.game_date, n.status, n.reason, n.input_fingerprint, COALESCE(n.inputs, []), n.output_fingerprint,
  n.row_count, n.failure_count, n.games_expected, n.games_found, n.code_version, n.attempt, @mode, @run_id, @now, @now
FROM {ledger_rows} AS n
ORDER BY n.table_name, n.game_date
