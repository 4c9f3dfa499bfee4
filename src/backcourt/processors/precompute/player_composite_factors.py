"""Fills nba_precompute.player_composite_factors."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="player_composite_factors", entity="FORMAT('%d', player_id)", entity_type="player")
