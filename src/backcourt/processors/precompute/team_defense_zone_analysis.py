"""Fills nba_precompute.team_defense_zone_analysis."""

from backcourt.processors.base import Processor

PROCESSOR = Processor(target="team_defense_zone_analysis", entity="team_abbr", entity_type="team")
