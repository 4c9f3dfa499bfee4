"""Backfill, repair and prove an NBA stats warehouse: raw box scores to analytics to precomputed features."""

__version__ = "0.1.0"
