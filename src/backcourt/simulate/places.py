"""Where the games of a season are played: at home, but for the Cup final and two games abroad."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from backcourt.catalog.venues import VENUES, home
from backcourt.simulate.arrow import pa

_ABROAD = {"00101": "Mexico City", "00601": "Paris"}
"""Cities of the regular season's games with these numbers."""
_CUP = "Las Vegas"
_BY_CITY = {venue.city: venue for venue in reversed(VENUES)}


def places(
    ids: Sequence[str], kinds: Sequence[str], days: Sequence[dt.date], teams: Sequence[str]
) -> dict[str, pa.Array]:
    """The columns of the schedule that say where a game is played: arena_name, arena_city and is_neutral.

    Args:
        ids: The games' ids.
        kinds: Their season types.
        days: Their dates.
        teams: Tricodes of the teams listed as home.
    """
    arenas, cities, neutral = [], [], []
    for game, kind, day, team in zip(ids, kinds, days, teams, strict=True):
        city = _CUP if kind == "Cup Final" else _ABROAD.get(game[5:]) if kind == "Regular Season" else None
        venue = _BY_CITY[city] if city else home(team, day)
        arenas.append(venue.arena if venue else None)
        cities.append(venue.city if venue else None)
        neutral.append(city is not None)
    return {
        "arena_name": pa.array(arenas, pa.string()),
        "arena_city": pa.array(cities, pa.string()),
        "is_neutral": pa.array(neutral, pa.bool_()),
    }
