"""Declaration of the processor that fills nba_analytics.upcoming_player_game_context; its SELECT is in upcoming_player_game_context.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="upcoming_player_game_context", entity="CAST(player_id AS STRING)", entity_type="player")
