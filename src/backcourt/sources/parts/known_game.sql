-- A game that was looked up by its id is there.
IF(known_game IS NULL, 'known_game: the schedule does not have it', NULL)
