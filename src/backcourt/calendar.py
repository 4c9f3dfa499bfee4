"""Seasons, game dates, bootstrap and look-back: the calendar's constants and parsing.

The schedule table is the only calendar; opening days and game dates are read from it. What stands here is what no
table can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from backcourt.errors import BackcourtError, DateRangeError

BOOTSTRAP_DAYS = 14
"""Days 0 to 13 of a season (opening day = day 0), for which Phase 4 writes nothing."""

_SEASON = re.compile(r"(\d{4})-(\d{2})")


def season_year(label: str) -> int:
    """First year of a season label: "2021-22" -> 2021.

    Raises:
        BackcourtError: If the label is not two consecutive years in that form.
    """
    match = _SEASON.fullmatch(label)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise BackcourtError(f"season {label!r} is not in the form 2021-22 (two consecutive years)")
    return int(match[1])


def season_label(year: int) -> str:
    """Season label of its first year: 2021 -> "2021-22"."""
    return f"{year}-{(year + 1) % 100:02d}"


_GAME = re.compile(r"00[1-6](\d{2})\d{5}", re.ASCII)
_CENTURY_TURN = 46
"""The league began in 1946: digits from here on are years of the 20th century."""


def is_game_id(text: str) -> bool:
    """True if a text is one of the NBA's ids of a game: ten digits, such as 0022400561."""
    return _GAME.fullmatch(text) is not None


def season_of_game(game_id: str) -> str:
    """Season label of a game's id: "0022400561" -> "2024-25".

    Raises:
        BackcourtError: If it is no id of a game.
    """
    match = _GAME.fullmatch(game_id)
    if match is None:
        raise BackcourtError(f"{game_id[:40]!r} is no game id", valid=["ten digits, 0022400561"])
    year = int(match[1])
    return season_label(1900 + year if year >= _CENTURY_TURN else 2000 + year)


def season_of_date(day: date) -> str:
    """Season label of a date, if a season begins in July: 2024-10-22 -> "2024-25"."""
    first_month = 7
    return season_label(day.year if day.month >= first_month else day.year - 1)


@dataclass(frozen=True, slots=True)
class DateRange:
    """A range of dates, both ends included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a reversed range."""
        if self.end < self.start:
            raise DateRangeError(
                f"start date {self.start} is after end date {self.end}", next_step="swap --start-date and --end-date"
            )

    @property
    def days(self) -> int:
        """Number of days, both ends counted."""
        return (self.end - self.start).days + 1

    def clip(self, other: DateRange) -> DateRange | None:
        """The part that both ranges share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return DateRange(start, end) if start <= end else None

    def __str__(self) -> str:
        """Readable form: one date, or "start to end"."""
        return str(self.start) if self.start == self.end else f"{self.start} to {self.end}"


def parse_date(text: str, what: str = "date") -> date:
    """A date from YYYY-MM-DD.

    Raises:
        DateRangeError: If the text is empty or no such date exists.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise DateRangeError(
            f"{what} {text!r} is not a date", next_step="write it as YYYY-MM-DD, for example 2021-11-02"
        ) from None


def month_chunks(span: DateRange) -> tuple[DateRange, ...]:
    """The range cut at month borders, in order."""
    chunks: list[DateRange] = []
    start = span.start
    while start <= span.end:
        first_of_next = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        chunks.append(DateRange(start, min(span.end, first_of_next - timedelta(days=1))))
        start = first_of_next
    return tuple(chunks)


def date_ranges(days: Iterable[date], *, apart: int = 1) -> tuple[DateRange, ...]:
    """Dates in order as ranges; those at most so many days apart are one."""
    found: list[DateRange] = []
    for day in days:
        if found and (day - found[-1].end).days <= apart:
            found[-1] = DateRange(found[-1].start, day)
        else:
            found.append(DateRange(day, day))
    return tuple(found)
