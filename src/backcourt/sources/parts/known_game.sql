-- A game that was looked up by its id is there; the schedule has no room for exhibition games against guests.
CASE
  WHEN known_game IS NOT NULL THEN NULL
  WHEN SUBSTR(game_id, 1, 3) IN ('001', '003')
    THEN 'exhibition_game: the schedule has no such game of pre-season or All-Star weekend'
  WHEN REGEXP_CONTAINS(game_id, r'^0?[1-6][0-9]{7}([.]0+)?$')
    THEN FORMAT('known_game: the id %s has lost its leading zeros, it is 00%s', game_id,
      REGEXP_EXTRACT(game_id, r'^0?([1-6][0-9]{7})'))
  ELSE 'known_game: the schedule does not have it'
END
