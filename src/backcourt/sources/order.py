"""Which of several payloads is the newest: by what they say of their own time, and else by when they were received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from backcourt.calendar import Seasons
from backcourt.errors import InputFileError
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.remembered import LoadOutcome, newest_said
from backcourt.sources.source import Parsed, Source, read
from backcourt.sources.targets import by_team


class Reader:
    """Reads the payloads of a source, each that is kept in mind once."""

    def __init__(self, source: Source, landing: Landing, seasons: Seasons, older: dict[str, str]) -> None:
        """Say what is read from where.

        Args:
            source: The source.
            landing: The landing zone.
            seasons: Which season a date is of.
            older: Gets why a payload is not the newest, by path, where it is the one that landed last.
        """
        self.source, self.landing, self.seasons = source, landing, seasons
        self._older = older
        self._kept: dict[str, Parsed] = {}

    def parsed(self, landed: Landed) -> Parsed:
        """What a payload holds.

        Raises:
            InputFileError: If it cannot be read.
        """
        kept = self._kept.pop(landed.path, None)
        about = replace(landed.about, seasons=self.seasons)
        return kept or read(self.source, self.landing.read(landed), about)

    def newest(
        self, versions: Sequence[Sequence[Landed]], remembered: Mapping[tuple[date, str], LoadOutcome]
    ) -> list[Landed]:
        """The newest payload of each date and key, or of each key if it says all; older ones than stored are left out.

        Args:
            versions: The payloads of each date and key in order of their receipt.
            remembered: What became of the payloads that were loaded.
        """
        groups: dict[object, list[Landed]] = {}
        for each in versions:
            day, key = each[-1].day, each[-1].key
            # The key is the season, or a team, which has a payload in each.
            year = self.seasons.year_of(day) if by_team(self.source) else None
            place = (year, key) if self.source.newest_says_all else (day, key)
            groups.setdefault(place, []).extend(each)
        found = [self._last_made(group, remembered) for group in groups.values()]
        if self.source.is_current:
            stored = newest_said(remembered, self.seasons)
            found = [landed for landed in found if not self._is_older(landed, stored, remembered)]
        return sorted(found, key=lambda landed: (landed.day, landed.key))

    def _last_made(self, group: Sequence[Landed], remembered: Mapping[tuple[date, str], LoadOutcome]) -> Landed:
        """Of the payloads of a key the one that was made last; where they do not say it, the last one received."""
        *earlier, best = group
        known = remembered.get((best.day, best.key))
        if not earlier or (known and known.digest == best.digest):
            return best
        said = self._said(best)
        if said is None:
            return best
        last = best
        for landed in reversed(earlier):
            # What was received before the best one was made cannot have been made after it.
            if landed.received > said:
                other = self._said(landed)
                if other is not None and other > said:
                    self._kept.pop(best.path, None)
                    best, said = landed, other
                else:
                    self._kept.pop(landed.path, None)
        if best is not last:
            self._older[last.path] = f"made before {best.path}, which counts"
        return best

    def _is_older(
        self,
        landed: Landed,
        stored: Mapping[tuple[str, int], tuple[date, datetime | None]],
        remembered: Mapping[tuple[date, str], LoadOutcome],
    ) -> bool:
        """True if a payload is older than one of its key that is stored: of an earlier date, or made earlier."""
        day, said = stored.get((landed.key, self.seasons.year_of(landed.day)), (landed.day, None))
        known = remembered.get((landed.day, landed.key))
        if known and known.digest == landed.digest and day == landed.day:
            return False
        if landed.day < day:
            self._older[landed.path] = f"that of {day} is loaded"
            return True
        own = self._said(landed) if said is not None else None
        if own is not None and said is not None and own < said:
            self._older[landed.path] = f"it was made {own:%Y-%m-%d %H:%M}, that which is loaded {said:%Y-%m-%d %H:%M}"
            return True
        return False

    def _said(self, landed: Landed) -> datetime | None:
        """When a payload says that it was made; None if it does not, or cannot be read."""
        if landed.path not in self._kept:
            try:
                self._kept[landed.path] = self.parsed(landed)
            except InputFileError:
                return None
        return self._kept[landed.path].said
