-- A game that was looked up by date and teams is there.
IF(known_game IS NULL, FORMAT('known_game: the schedule has no %s', COALESCE(code, 'game without a date')), NULL)
