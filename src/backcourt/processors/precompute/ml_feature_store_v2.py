"""Declaration of the processor that fills nba_predictions.ml_feature_store_v2; its SELECT is in ml_feature_store_v2.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="ml_feature_store_v2", entity="CAST(player_id AS STRING)", entity_type="player")
