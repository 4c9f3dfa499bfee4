-- Players with a feature row on a date.
SELECT DISTINCT player_lookup
FROM nba_predictions.ml_feature_store_v2
WHERE game_date = @start_date
ORDER BY player_lookup
