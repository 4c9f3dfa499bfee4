"""Fills nba_analytics.upcoming_player_game_context."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="upcoming_player_game_context", entity="FORMAT('%d', player_id)", entity_type="player")
