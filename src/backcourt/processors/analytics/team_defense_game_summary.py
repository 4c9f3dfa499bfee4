"""Fills nba_analytics.team_defense_game_summary."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(
    target="team_defense_game_summary", entity="defending_team_abbr", entity_type="team", played_only=True
)
