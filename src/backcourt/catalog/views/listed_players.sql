-- The players whom upcoming_player_game_context lists for a game.
SELECT DISTINCT game_date, game_id, player_id
FROM nba_analytics.upcoming_player_game_context
WHERE game_date {within}
