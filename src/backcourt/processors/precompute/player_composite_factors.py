"""Declaration of the processor that fills nba_precompute.player_composite_factors; its SELECT is in player_composite_factors.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="player_composite_factors", entity="CAST(player_id AS STRING)", entity_type="player")
