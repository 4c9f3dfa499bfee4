"""Fills nba_precompute.player_shot_zone_analysis."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="player_shot_zone_analysis", entity="FORMAT('%d', player_id)", entity_type="player")
