"""Fills nba_analytics.player_game_summary."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(
    target="player_game_summary",
    entity="COALESCE(FORMAT('%d', player_id), player_lookup, game_id)",
    entity_type="player",
    names=True,
    played_only=True,
)
