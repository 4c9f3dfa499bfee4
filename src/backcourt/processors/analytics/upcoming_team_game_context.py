"""Fills nba_analytics.upcoming_team_game_context."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="upcoming_team_game_context", entity="team_abbr", entity_type="team")
