"""Fills nba_precompute.player_daily_cache."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="player_daily_cache", entity="FORMAT('%d', player_id)", entity_type="player")
