-- Why no game uses the row, which was observed at observed_at; NULL if one may.
CASE
  WHEN tipoff_at IS NULL THEN 'no tip-off known, not used'
  WHEN observed_at >= tipoff_at THEN 'observed at tip-off or later, not used'
END
