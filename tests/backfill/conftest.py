"""The small season for the tests of the engine."""

from small_season import command, computed, computed_season, eight_weeks, raw, raw_season

__all__ = ["command", "computed", "computed_season", "eight_weeks", "raw", "raw_season"]
