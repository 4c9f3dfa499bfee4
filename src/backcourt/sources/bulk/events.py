"""The play-by-play of a season: the one part of it that the service publishes game by game."""

from __future__ import annotations

from datetime import date

from backcourt.calendar import Seasons, season_year
from backcourt.sources.declared import source
from backcourt.sources.landing import Landing
from backcourt.sources.source import Source


def event_source() -> Source:
    """The source of it."""
    return source("nbac_play_by_play")


def event_days(landing: Landing, season: str) -> list[date]:
    """The dates of a season for which events have landed.

    Args:
        landing: The landing zone.
        season: Season label.
    """
    span = Seasons().dates(season_year(season))
    return [day for day in landing.days(event_source().name) if span.start <= day <= span.end]
