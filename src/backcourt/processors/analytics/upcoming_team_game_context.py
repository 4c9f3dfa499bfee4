"""Declaration of the processor that fills nba_analytics.upcoming_team_game_context; its SELECT is in upcoming_team_game_context.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="upcoming_team_game_context", entity="team_abbr", entity_type="team")
