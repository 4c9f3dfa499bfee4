-- A box score, or the events of a whole game, is of a game that is over.
IF(game_status <> 3, 'game_is_final: the schedule says that it is not over', NULL)
