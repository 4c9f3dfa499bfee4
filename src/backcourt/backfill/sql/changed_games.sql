-- The games of the due dates that changed; all games of a date that is due for another reason.
SELECT DISTINCT s.game_id, s.game_date, s.season_year, u.classes, u.{carried}
FROM nba_raw.nbac_schedule AS s
INNER JOIN {due} AS u ON u.game_date = s.game_date
WHERE s.season_type IN {window_types}
  AND (u.reason <> 'stale' OR u.detail = 'older code' OR STRPOS(u.detail, s.game_id) > 0)
