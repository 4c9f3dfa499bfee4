"""Declaration of the processor that fills nba_analytics.team_offense_game_summary; its SELECT is in team_offense_game_summary.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="team_offense_game_summary", entity="team_abbr", entity_type="team")
