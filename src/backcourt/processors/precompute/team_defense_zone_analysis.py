"""Declaration of the processor that fills nba_precompute.team_defense_zone_analysis; its SELECT is in team_defense_zone_analysis.sql."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="team_defense_zone_analysis", entity="team_abbr", entity_type="team")
