"""Declaration of the processor that fills nba_precompute.player_shot_zone_analysis; its SELECT is in player_shot_zone_analysis.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="player_shot_zone_analysis", entity="CAST(player_id AS STRING)", entity_type="player")
