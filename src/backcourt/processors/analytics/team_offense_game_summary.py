"""Fills nba_analytics.team_offense_game_summary."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="team_offense_game_summary", entity="team_abbr", entity_type="team", played_only=True)
