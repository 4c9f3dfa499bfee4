"""The real seasons, for the comparison with the reference."""

from real_seasons import four_seasons, loaded_2021_22, loaded_seasons, real_data

__all__ = ["four_seasons", "loaded_2021_22", "loaded_seasons", "real_data"]
