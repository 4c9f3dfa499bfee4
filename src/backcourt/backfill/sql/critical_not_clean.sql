-- The critical fields of dates that are not clean.
SELECT * FROM ({critical_fields}) AS q WHERE 100 * valid < {clean_percent} * judged
