-- A game that was looked up by its id is there; the schedule has no room for exhibition games against guests.
IF(known_game IS NULL, IF(SUBSTR(game_id, 1, 3) IN ('001', '003'),
   'exhibition_game: the schedule has no such game of pre-season or All-Star weekend',
   'known_game: the schedule does not have it'), NULL)
