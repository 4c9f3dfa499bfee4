"""The small season for the tests of the validators' commands."""

from small_season import command, computed, computed_season, eight_weeks, raw_season

__all__ = ["command", "computed", "computed_season", "eight_weeks", "raw_season"]
