"""Seasons, game dates, bootstrap and look-back: the calendar's constants and parsing.

The schedule table is the only calendar; opening days, game dates and the season of a date are read from it. What stands
here is what no table can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from backcourt.errors import BackcourtError, DateRangeError

BOOTSTRAP_DAYS = 14
"""Days 0 to 13 of a season (opening day = day 0), for which Phase 4 writes nothing."""

AHEAD = 1
"""How many dates to come of a season are computed before their games, unless more are asked for."""
SEASON_TYPES = ("Regular Season", "Play-In", "Playoffs", "Cup Final")
"""Kinds of games that count: neither pre-season nor All-Star."""
WINDOW_TYPES = tuple(name for name in SEASON_TYPES if name != "Cup Final")
"""Those that count in windows; the Cup final counts for rest and travel only."""

LONGEST_BREAK = 200
"""Days between two games at most: 196 between two seasons (2011), 141 within one (2020). Only 1998 had more (236)."""

YEARS = range(1946, 2100)
"""First years of seasons: the league began in 1946."""
_SEASON = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def season_year(label: str) -> int:
    """First year of a season label: "2021-22" -> 2021.

    Raises:
        BackcourtError: If the label is not two consecutive years in that form.
    """
    match = _SEASON.fullmatch(label)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise BackcourtError(f"season {label!r} is not in the form 2021-22 (two consecutive years)")
    if int(match[1]) not in YEARS:
        raise BackcourtError(f"season {label!r} is not one of the league's", valid=["1946-47 and later"])
    return int(match[1])


def season_label(year: int) -> str:
    """Season label of its first year: 2021 -> "2021-22"."""
    return f"{year}-{(year + 1) % 100:02d}"


def seasons_named(text: str) -> list[str]:
    """Labels of the seasons of a text: "2021-22", or all from one to another, "2015-16..2024-25".

    Raises:
        BackcourtError: If it is neither, or the second is before the first.
    """
    first, dots, last = text.strip().partition("..")
    start, end = season_year(first), season_year(last if dots else first)
    if end < start:
        raise BackcourtError(f"season {first} is after {last}", next_step=f"write {last}..{first}")
    return [season_label(year) for year in range(start, end + 1)]


_GAME = re.compile(r"00[1-6](\d{2})\d{5}", re.ASCII)
_CENTURY_TURN = 46
"""The league began in 1946: digits from here on are years of the 20th century."""


def is_game_id(text: str) -> bool:
    """True if a text is one of the NBA's ids of a game: ten digits, such as 0022400561."""
    return _GAME.fullmatch(text) is not None


_LOST_ZEROS = re.compile(r"0?([1-6]\d{7})(?:\.0+)?", re.ASCII)


def with_its_zeros(value: object) -> str:
    """The game's id that has lost its leading zeros, as spreadsheets do it to numbers: 22100002 is "0022100002".

    Args:
        value: A number, or a text such as "22100002" or "21900001.0".

    Returns:
        The whole id, or "" if the value is no such one, or has them.
    """
    match = _LOST_ZEROS.fullmatch(str(value).strip()) if isinstance(value, int | float | str) else None
    return f"00{match[1]}" if match else ""


def lost_zeros(value: object) -> str:
    """What to say of an id that may have lost its leading zeros; "" if it has not.

    Args:
        value: As for ``with_its_zeros``, or the key of a row that begins with or holds one: "22100002|203999".
    """
    parts = re.split(r"[ |]", value) if isinstance(value, str) else [value]
    whole = next(filter(None, map(with_its_zeros, parts)), "")
    return f", which has lost its leading zeros: write {whole}" if whole else ""


def season_of_game(game_id: str) -> str:
    """Season label of a game's id: "0022400561" -> "2024-25".

    Raises:
        BackcourtError: If it is not the id of a game.
    """
    match = _GAME.fullmatch(game_id)
    if match is None:
        raise BackcourtError(
            f"{game_id[:40]!r} is not a game id{lost_zeros(game_id)}", valid=["ten digits, 0022400561"]
        )
    year = int(match[1])
    return season_label(1900 + year if year >= _CENTURY_TURN else 2000 + year)


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

    @property
    def options(self) -> str:
        """The options of a command that name the range."""
        return f"--start-date {self.start} --end-date {self.end}"

    def clip(self, other: DateRange) -> DateRange | None:
        """The part that both ranges share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return DateRange(start, end) if start <= end else None

    def __str__(self) -> str:
        """Readable form: one date, or "start to end"."""
        return str(self.start) if self.start == self.end else f"{self.start} to {self.end}"


_LAST_MONTH, _LAST_DAY = 6, 30
"""Contracts end on 30 June: a season's dates go on so long even if its last game was earlier."""
_ENDED_LATER: Mapping[int, date] = {2019: date(2020, 10, 11), 2020: date(2021, 7, 20)}
"""Last games of the seasons that went on beyond June, by first year, as the league published them."""
_FIRST_YEAR, _LAST_YEAR = date.min.year + 2, date.max.year - 2
"""The calendar's own ends are a few years from any season's."""


@dataclass(frozen=True, slots=True)
class Seasons:
    """Which season a date is of: the schedule says it; where it is silent, the published ends of seasons do.

    A season's dates run to its last scheduled game, and at least to 30 June unless the next season opens earlier; the
    next day is the first one of the next season. So a date between two seasons belongs to the season to come from July
    on, or from the day after the last game if that is later. A schedule whose playoffs are not known yet therefore
    decides as a complete one does, and 2019-20 and 2020-21 are right without any schedule.

    What a game's id or a payload itself says of its season goes before its date: this is for what says nothing.

    Attributes:
        games: First and last scheduled date of games that count, by first year of the season.
    """

    games: Mapping[int, DateRange] = field(default_factory=dict, hash=False)

    def year_of(self, day: date) -> int:
        """First year of the season of a date."""
        year = min(max(day.year, _FIRST_YEAR), _LAST_YEAR)
        # A season ends in June of its second year at the earliest, unless the next one has begun.
        return next((first for first in range(year - 2, year + 1) if day <= self._end(first)), year)

    def of(self, day: date) -> str:
        """Season label of a date: 2024-10-22 -> "2024-25"."""
        return season_label(self.year_of(day))

    def between(self, span: DateRange) -> tuple[str, ...]:
        """Labels of the seasons that a range touches, in order."""
        return tuple(season_label(year) for year in range(self.year_of(span.start), self.year_of(span.end) + 1))

    def near(self, span: DateRange, days: int) -> bool:
        """True if a scheduled game of a season is at most so many days before or after a range, or in it."""
        return any(
            (games.start - span.end).days <= days and (span.start - games.end).days <= days
            for games in self.games.values()
        )

    def dates(self, year: int) -> DateRange:
        """The dates of a season: from the day after the end of the one before to its own end."""
        return DateRange(self._end(year - 1) + timedelta(days=1), self._end(year))

    def room(self, year: int) -> DateRange:
        """The dates on which games of a season can be: none of another season's, at most ``longest_season``."""
        first, widest, following = self.dates(year).start, longest_season(year), self.games.get(year + 1)
        end = min(widest.end, following.start - timedelta(days=1)) if following else widest.end
        return DateRange(max(first, widest.start), max(end, first, widest.start))

    def own_ends(self, day: date) -> str:
        """The ends of seasons that only the schedule tells, as far as they decide dates up to this one; "" for none.

        Two schedules with the same ones put every date up to then into the same season.
        """
        known, published = sorted({*self.games, *(year - 1 for year in self.games)}), Seasons()
        ends = [(year, self._end(year), published._end(year)) for year in known]
        return ", ".join(
            f"{season_label(year)} to {end}" for year, end, usual in ends if end != usual and min(end, usual) < day
        )

    def _end(self, year: int) -> date:
        """Last date of a season."""
        usual = date(year + 1, _LAST_MONTH, _LAST_DAY)
        played, following = self.games.get(year), self.games.get(year + 1)
        end = max(usual, _ENDED_LATER.get(year, usual), played.end if played else usual)
        # A season whose games lie among those of the one before has wrong dates, and ends nothing.
        if following and (played is None or following.start > played.end):
            end = min(end, following.start - timedelta(days=1))
        return end


GAME_MONTHS = (7, 22)
"""Months outside of which no game of a season was ever played, from January of its first year: July to October."""


def longest_season(year: int) -> DateRange:
    """The dates of ``GAME_MONTHS``."""
    first, last = GAME_MONTHS
    return DateRange(date(year, first, 1), date(year + 1, last - 12 + 1, 1) - timedelta(days=1))


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)


def league_day(moment: datetime) -> date:
    """The day on the US east coast, whose dates are the league's game dates, at a moment in UTC."""
    import pytz

    return moment.astimezone(pytz.timezone("America/New_York")).date()


YESTERDAY = "yesterday"
"""What may be written instead of a date: the day before today in the league's time zone."""


def parse_date(text: str, what: str = "date", *, today: date | None = None) -> date:
    """A date from YYYY-MM-DD, or from YYYYMMDD, which is what a notebook's parameter makes of a date without quotes.

    Args:
        text: What was given.
        what: What it is called in a message.
        today: Today in the league's time zone; if it is given, the text may also be "yesterday".

    Raises:
        DateRangeError: If the text is empty or no such date exists.
    """
    if today is not None and text.strip().casefold() == YESTERDAY:
        return today - timedelta(days=1)
    # Python alone would also read weeks and times, which nobody means who types a date here.
    with suppress(ValueError):
        if _DATE.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    raise DateRangeError(f"{what} {text!r} is not a date", next_step="write it as YYYY-MM-DD, for example 2021-11-02")


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
