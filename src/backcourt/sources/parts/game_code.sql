-- What the game of the row `r` is called as long as the schedule has none of that date and teams: "20240115/HOUPHI".
CONCAT(FORMAT_DATE('%Y%m%d', r.game_date), '/', COALESCE(r.away, '?'), COALESCE(r.home, '?'))
