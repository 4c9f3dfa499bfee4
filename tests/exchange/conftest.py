"""The small season for two warehouses, and a piece of it that is compared in a moment."""

from small_season import command, computed_season, piece, raw_season

__all__ = ["command", "computed_season", "piece", "raw_season"]
