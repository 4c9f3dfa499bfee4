-- The dates that read such dates of other tables.
SELECT r.game_date, r.season_year, r.classes, r.detail, r.root, FALSE AS own, '' AS changed
FROM ({read}) AS r
LEFT JOIN nba_processing.backfill_ledger AS l ON l.table_name = '{target}' AND l.game_date = r.game_date
WHERE r.day_number >= {first_day} AND COALESCE(l.status, 'done') <> 'skipped'
