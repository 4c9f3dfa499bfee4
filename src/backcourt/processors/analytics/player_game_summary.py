"""Declaration of the processor that fills nba_analytics.player_game_summary; its SELECT is in player_game_summary.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(
    target="player_game_summary", entity="COALESCE(CAST(player_id AS STRING), game_id)", entity_type="player"
)
