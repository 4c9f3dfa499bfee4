-- The feature row of a date: that of a player, or of the one with the highest mean.
SELECT *
FROM nba_predictions.ml_feature_store_v2
WHERE game_date = @start_date
  AND (@player IS NULL OR player_lookup = @player OR FORMAT('%d', player_id) = @player)
ORDER BY COALESCE(points_avg_season, 0) DESC, player_id, game_id
LIMIT 1
