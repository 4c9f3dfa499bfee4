-- When the rows of a table of prices were observed.
SELECT season_year, game_id, game_date, snapshot_timestamp AS observed_at FROM {source}
