"""When each player's career was: first and last season, and in which seasons somebody can have been on a roster.

careers.csv holds what the NBA's statistics service (CommonAllPlayers) said of 5,116 people up to February 2026: NBA
person id and the first years of the first and the last season on a roster.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import accumulate

BEFORE, AFTER = 1, 2
"""Seasons before the first and after the last one in which somebody may be on a list: signed early, injured, waived."""
FOREVER = 9999
"""The last year of a career that goes on."""
_AS_OF = 2025
"""First year of the season in which careers.csv was written."""
_IN_ORDER = 1_600_000
"""Person ids from this one on were given in the order in which people came to the league: since 2015."""


@dataclass(frozen=True, slots=True)
class Career:
    """The seasons of a player, by the years in which they begin: 2021 is 2021-22.

    Attributes:
        first: First season on a roster, or the first in which he can have been on one if that is all that is known.
        last: Last season on a roster; ``FOREVER`` while he plays, or where nobody knows.
    """

    first: int
    last: int

    @property
    def label(self) -> str:
        """As people read it: "2011-12 to 2021-22", "since 2011-12"."""
        from backcourt.calendar import season_label

        if self.last == FOREVER:
            return f"since {season_label(self.first)}"
        if self.last == self.first:
            return season_label(self.first)
        return f"{season_label(self.first)} to {season_label(self.last)}"


@lru_cache(maxsize=1)
def recorded() -> Mapping[int, Career]:
    """The careers of everybody whom the league's list of all players names, as far as they are known, by person id.

    Who is on a roster by that list, or was when careers.csv was written, has no last season yet. Of a newcomer who is
    not in careers.csv the id tells since when he can have played. Nothing is known of a few others: they are missing.
    """
    from nba_api.stats.library import data

    lines = (resources.files("backcourt.names") / "careers.csv").read_text(encoding="utf-8").splitlines()[1:]
    written = [(int(player), int(first), int(last)) for player, first, last in (line.split(",") for line in lines)]
    playing = {entry[data.player_index_id] for entry in data.players if entry[data.player_index_is_active]}
    found = {
        player: Career(first, FOREVER if player in playing or last >= _AS_OF else last)
        for player, first, last in written
    }
    since = _Since((player, first) for player, first, _ in written)
    for entry in data.players:
        player = entry[data.player_index_id]
        if player not in found and player >= _IN_ORDER:
            found[player] = Career(since.of(player), FOREVER)
    return found


class _Since:
    """The season since which somebody with a person id can have played: the first of those with this id or a later."""

    def __init__(self, firsts: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(pair for pair in firsts if pair[0] >= _IN_ORDER)
        self._ids = [player for player, _ in ordered]
        self._firsts = [*accumulate((first for _, first in reversed(ordered)), min)][::-1]

    def of(self, player: int) -> int:
        place = bisect.bisect_left(self._ids, player)
        return self._firsts[place] if place < len(self._firsts) else _AS_OF
