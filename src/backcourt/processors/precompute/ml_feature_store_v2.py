"""Fills nba_predictions.ml_feature_store_v2."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="ml_feature_store_v2", entity="FORMAT('%d', player_id)", entity_type="player")
