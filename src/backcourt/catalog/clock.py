"""The league's clock: what is printed in New York's time, as a moment."""

from __future__ import annotations

UTC_OF_EASTERN = """TIMESTAMP_ADD(TIMESTAMP(eastern_day), INTERVAL eastern_minutes + IF(
  DATE(TIMESTAMP_ADD(TIMESTAMP(DATE_ADD(eastern_day, INTERVAL 1 DAY)), INTERVAL 4 HOUR), 'America/New_York')
  > eastern_day, 240, 300) MINUTE)"""
"""SQL (BigQuery): the moment of ``eastern_minutes`` after midnight of ``eastern_day`` by New York's clock.

Whether summer time is in force is asked of the end of the day: it changes at two in the morning, before any game."""
