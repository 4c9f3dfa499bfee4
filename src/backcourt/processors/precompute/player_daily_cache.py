"""Declaration of the processor that fills nba_precompute.player_daily_cache; its SELECT is in player_daily_cache.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="player_daily_cache", entity="CAST(player_id AS STRING)", entity_type="player")
