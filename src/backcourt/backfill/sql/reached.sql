-- The dates of a table whose window holds a date of the upstream on which something changed that is read.
SELECT DISTINCT
  d.game_date, d.season_year, d.day_number, '{upstream}' AS detail, {classes} AS classes, u.{carried}
FROM {calendar} AS d
INNER JOIN {changed} AS u ON {reads} AND (u.classes & {mask}) <> 0
