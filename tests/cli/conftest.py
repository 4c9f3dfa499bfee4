"""The small season for the tests of the command."""

from small_season import command, computed, computed_season, raw, raw_season

__all__ = ["command", "computed", "computed_season", "raw", "raw_season"]
