-- The first date of each season on which something changed that is read: all later ones read it.
SELECT season_year, {carried}, {mask} AS classes, MIN(game_date) AS game_date
FROM {due} AS u
WHERE (u.classes & {mask}) <> 0
GROUP BY season_year, {carried}
