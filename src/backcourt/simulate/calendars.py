"""The calendars that a simulated season can follow: one formula for most years, and a table of those that differed.

The dates of 2019-20 and 2020-21 are public facts. 2019-20 stopped after 11 March and went on in July with 22 teams in
one place, and the season lasted from 22 October to 11 October; 2020-21 had 72 games a team and ended on 20 July.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from backcourt.errors import BackcourtError

PlayIn = tuple[int, int] | None
"""Days of a conference's first and last play-in games, counted from the calendar's; None without a play-in."""

_SERIES = ((0, 2, 5, 7, 9, 11, 13), *(((0, 2, 5, 7, 10, 12, 14),) * 3))
"""Days of a series' seven games since its first one, per round: a day more for travel before games 3, 5, 6 and 7."""

_EVERY_OTHER_DAY = ((0, 2, 4, 6, 8, 10, 12),) * 4


@dataclass(frozen=True)
class Seeding:
    """Games that end a regular season which had been broken off.

    Attributes:
        first: First date.
        last: Last date; each team plays once in every two dates.
        places: How many teams of the East and of the West take part, the best of each.
    """

    first: dt.date
    last: dt.date
    places: tuple[int, int]

    @property
    def rounds(self) -> int:
        """Games of a team."""
        return ((self.last - self.first).days + 1) // 2


@dataclass(frozen=True)
class Calendar:
    """The dates of a season.

    Attributes:
        year: The year in which the season starts.
        playable: Dates on which regular-season games may be, the first being opening day.
        deadline: Last date of trades.
        play_in: First date of the play-in.
        rounds: How often every team has one game at home and one away: half its games.
        cup_window: First and last date of the Cup final; None without one.
        stopped_after: Last date before the season was broken off; what was planned for later dates is never played.
        seeding: How it went on after that.
        postponed: Dates whose games are all put off to later dates.
        play_in_days: Days of the first and the last play-in games since `play_in`, East and West.
        play_in_places: Four teams a conference (7 to 10), or two (8 and 9: the ninth has to win twice).
        first_round: First date of the playoffs; None for four days after the play-in begins.
        series: Days of a series' seven games since its first one, per round.
        finals: Dates of the seven finals; None for two days after the round before.
        finals_games: How many games the finals take; None to leave it to the teams.
        length: Days since opening day that rosters and injuries are planned for.
    """

    year: int
    playable: tuple[dt.date, ...]
    deadline: dt.date
    play_in: dt.date
    rounds: int = 41
    cup_window: tuple[dt.date, dt.date] | None = None
    stopped_after: dt.date | None = None
    seeding: Seeding | None = None
    postponed: tuple[dt.date, ...] = ()
    play_in_days: tuple[PlayIn, PlayIn] = ((0, 3), (1, 3))
    play_in_places: int = 4
    first_round: dt.date | None = None
    series: tuple[tuple[int, ...], ...] = _SERIES
    finals: tuple[dt.date, ...] | None = None
    finals_games: int | None = None
    length: int = 270

    @property
    def opening_day(self) -> dt.date:
        """First date with games."""
        return self.playable[0]

    def day(self, date: dt.date) -> int:
        """Days since opening day."""
        return (date - self.opening_day).days

    def thinned(self, rounds: int) -> Calendar:
        """The same dates with fewer games, for tests: every team has twice that many before the playoffs.

        Raises:
            BackcourtError: If the season does not have that many rounds.
        """
        if not 1 <= rounds <= self.rounds:
            raise BackcourtError(f"the season cannot have {rounds} rounds", valid=[f"1 to {self.rounds}"])
        return replace(self, rounds=rounds)

    def with_postponed(self, *dates: dt.date) -> Calendar:
        """The same calendar, and all games of these dates are put off.

        Raises:
            BackcourtError: If no game can be planned for one of them, or none could be played after it.
        """
        for date in dates:
            if date not in self.playable[1:-20]:
                raise BackcourtError(
                    f"games of {date} cannot be put off", valid=[f"{self.playable[1]} to {self.playable[-21]}"]
                )
        return replace(self, postponed=tuple(sorted({*self.postponed, *dates})))


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=step) for step in range((last - first).days + 1)]


def _finals(*month_days: tuple[int, int], year: int) -> tuple[dt.date, ...]:
    return tuple(dt.date(year, month, day) for month, day in month_days)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _usual(year: int, opening: dt.date | None = None) -> Calendar:
    """82 games a team from the third Tuesday of October, if nothing else is given."""
    opening = opening or _nth_weekday(year, 10, 1, 3)
    break_start = _nth_weekday(year + 1, 2, 6, 3) - dt.timedelta(days=2)
    shut = {_nth_weekday(year, 11, 3, 4), dt.date(year, 12, 24), _nth_weekday(year + 1, 4, 0, 1)}
    shut |= {break_start + dt.timedelta(days=step) for step in range(6)}
    days = (opening + dt.timedelta(days=step) for step in range(240))
    playable = tuple(day for day in days if day not in shut)[:165]
    return Calendar(
        year,
        playable,
        deadline=break_start - dt.timedelta(days=8),
        play_in=playable[-1] + dt.timedelta(days=2),
        cup_window=(dt.date(year, 12, 8), dt.date(year, 12, 21)),
    )


def _broken_off() -> Calendar:
    """2019-20: broken off after 11 March, seeding games and playoffs in one place from 30 July."""
    return replace(
        _usual(2019, dt.date(2019, 10, 22)),
        cup_window=None,
        stopped_after=dt.date(2020, 3, 11),
        seeding=Seeding(dt.date(2020, 7, 30), dt.date(2020, 8, 14), places=(9, 13)),
        play_in=dt.date(2020, 8, 15),
        play_in_days=(None, (0, 1)),
        play_in_places=2,
        first_round=dt.date(2020, 8, 17),
        series=_EVERY_OTHER_DAY,
        finals=_finals((9, 30), (10, 2), (10, 4), (10, 6), (10, 9), (10, 11), (10, 13), year=2020),
        finals_games=6,
        length=370,
    )


def _shortened() -> Calendar:
    """2020-21: 72 games a team from 22 December; games of two dates of January stand for those that were put off."""
    shut = {dt.date(2020, 12, 24), *_days(dt.date(2021, 3, 5), dt.date(2021, 3, 9))}
    return Calendar(
        2020,
        tuple(day for day in _days(dt.date(2020, 12, 22), dt.date(2021, 5, 16)) if day not in shut),
        deadline=dt.date(2021, 3, 25),
        play_in=dt.date(2021, 5, 18),
        rounds=36,
        postponed=(dt.date(2021, 1, 12), dt.date(2021, 1, 20)),
        play_in_days=((0, 2), (1, 3)),
        first_round=dt.date(2021, 5, 22),
        series=_EVERY_OTHER_DAY,
        finals=_finals((7, 6), (7, 8), (7, 11), (7, 14), (7, 17), (7, 20), (7, 22), year=2021),
        finals_games=6,
    )


_OWN = {2019: _broken_off, 2020: _shortened}


def calendar_of(year: int) -> Calendar:
    """The calendar of the season that starts in `year`."""
    return _OWN[year]() if year in _OWN else _usual(year)
