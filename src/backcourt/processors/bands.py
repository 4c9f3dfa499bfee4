"""How many players are too new for their windows early in a season: the share that four seasons lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """The usual share of PSZA candidates with fewer than 10 games, over some days of a season.

    Attributes:
        first_day: First day since opening day (day 0).
        last_day: Last day; None to the end of the season.
        low: Lowest usual share, percent of candidates.
        high: Highest usual share, percent of candidates.
    """

    first_day: int
    last_day: int | None
    low: int
    high: int

    @property
    def days(self) -> str:
        """The days for people: "14", "15-21", "60+"."""
        if self.last_day is None:
            return f"{self.first_day}+"
        return str(self.first_day) if self.first_day == self.last_day else f"{self.first_day}-{self.last_day}"

    @property
    def share(self) -> str:
        """The usual share for people: "100 %", "80-95 %"."""
        return f"{self.low} %" if self.low == self.high else f"{self.low}-{self.high} %"


BANDS: tuple[Band, ...] = (
    Band(14, 14, 100, 100),
    Band(15, 21, 80, 95),
    Band(22, 28, 40, 55),
    Band(29, 35, 30, 42),
    Band(36, 59, 20, 32),
    Band(60, None, 10, 27),
)
"""From the end of the bootstrap days on, without a hole. Outside a band is a question, not a failure."""


def band_of(day: int) -> Band | None:
    """The band of a day since opening day; None before the first one."""
    found = [band for band in BANDS if band.first_day <= day]
    return found[-1] if found else None
