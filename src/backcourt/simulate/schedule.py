"""The regular season's fixtures: who meets whom, at whose arena, and on which date.

The 1,230 pairings, seen as arrows from visitor to home team, form a graph in which 41 arrows enter and 41 leave every
team. Such a graph splits into 41 blocks in which every team has one home and one away game; each block takes four
dates. That keeps all teams level through the season, and leaves back-to-backs and rest to a small search per block.
"""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backcourt.calendar import season_label
from backcourt.errors import BackcourtError
from backcourt.simulate.teams import DIVISIONS, TEAMS

Ints = npt.NDArray[np.int64]

_BACK_TO_BACKS = 13
"""Back-to-backs a team should have over the season; the search ends about one above."""

_WEEKDAY_PULL = (0.2, -0.9, 0.9, -1.2, 0.8, 0.3, 0.0)
"""How gladly a game is put on Monday to Sunday: the league plays much on Wednesdays and Fridays."""


@dataclass
class Games:
    """A list of games, one array element each.

    Attributes:
        ids: Game ids.
        day: Days since opening day.
        home: Home team's index in `TEAMS`.
        away: Visiting team's index.
        kinds: The schedule's season type of each.
    """

    ids: list[str] = field(default_factory=list)
    day: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    home: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    away: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    kinds: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Number of games."""
        return len(self.ids)

    def take(self, index: Ints) -> Games:
        """Some of the games, in the order given."""
        return Games(
            [self.ids[one] for one in index],
            self.day[index],
            self.home[index],
            self.away[index],
            [self.kinds[one] for one in index],
        )


def join_games(parts: Sequence[Games]) -> Games:
    """Several lists of games as one."""
    return Games(
        [one for part in parts for one in part.ids],
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.home for part in parts]),
        np.concatenate([part.away for part in parts]),
        [one for part in parts for one in part.kinds],
    )


@dataclass(frozen=True)
class Dates:
    """The season's fixed dates.

    Attributes:
        opening_day: Third Tuesday of October.
        playable: Dates on which regular-season games may be, the first being opening day.
        deadline: Last date of trades.
        cup_window: First and last date of the Cup final.
        play_in: First date of the play-in.
    """

    opening_day: dt.date
    playable: tuple[dt.date, ...]
    deadline: dt.date
    cup_window: tuple[dt.date, dt.date]
    play_in: dt.date


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def season_dates(year: int) -> Dates:
    """Fixed dates of the season that starts in `year`."""
    opening = _nth_weekday(year, 10, 1, 3)
    break_start = _nth_weekday(year + 1, 2, 6, 3) - dt.timedelta(days=2)
    shut = {_nth_weekday(year, 11, 3, 4), dt.date(year, 12, 24), _nth_weekday(year + 1, 4, 0, 1)}
    shut |= {break_start + dt.timedelta(days=step) for step in range(6)}
    days = (opening + dt.timedelta(days=step) for step in range(240))
    playable = tuple(day for day in days if day not in shut)[:165]
    return Dates(
        opening_day=opening,
        playable=playable,
        deadline=break_start - dt.timedelta(days=8),
        cup_window=(dt.date(year, 12, 8), dt.date(year, 12, 21)),
        play_in=playable[-1] + dt.timedelta(days=2),
    )


def pairings(year: int) -> Ints:
    """How often each team (row) is host to each other (column) in a season: every row and column sums to 41."""
    hosts = np.zeros((30, 30), np.int64)
    east = [team.conference == "East" for team in TEAMS]
    for home in range(30):
        for away in range(30):
            if home != away:
                hosts[home, away] = 1 if east[home] != east[away] else 2
    # Four rivals of a team in its conference meet it only three times; which ones turns with the years.
    for conference in (DIVISIONS[:3], DIVISIONS[3:]):
        for one, two in ((0, 1), (0, 2), (1, 2)):
            for place, first in enumerate(conference[one]):
                hosts[conference[two][(place + year) % 5], first] -= 1
                hosts[first, conference[two][(place + year + 1) % 5]] -= 1
    return hosts


def _one_block(left: Ints, rng: np.random.Generator) -> Ints:
    """For each team, the visitor it receives in a block: a perfect matching of hosts and visitors still to play."""
    guest_of = np.full(30, -1)
    host_of = np.full(30, -1)

    def place(home: int, seen: set[int]) -> bool:
        for away in options[home]:
            if away in seen:
                continue
            seen.add(away)
            if host_of[away] < 0 or place(int(host_of[away]), seen):
                guest_of[home], host_of[away] = away, home
                return True
        return False

    # The pairs with most games left come first, so that meetings spread over the season.
    noise = left + rng.random((30, 30)) * 1.2
    options = [[int(away) for away in np.argsort(-noise[home]) if left[home, away] > 0] for home in range(30)]
    for home in rng.permutation(30):
        place(int(home), set())
    return guest_of


class _Spreader:
    """Puts the 30 games of a block on its dates, block after block."""

    def __init__(self, days: Ints, weekdays: Ints, rng: np.random.Generator) -> None:
        self.days = days
        self.weekdays = weekdays
        self.rng = rng
        self.played: list[set[int]] = [set() for _ in range(30)]
        self.pairs = [0] * 30
        self.done = 0.0

    def _team_cost(self, team: int, first: int, second: int) -> float:
        if first == second:
            return 1000.0
        played = self.played[team]
        low, high = (first, second) if first < second else (second, first)
        cost = 0.0
        found = 0
        for day in (low, high):
            near = [step for step in (-2, -1, 1, 2) if day + step in played or day + step in (low, high)]
            if (-1 in near and (-2 in near or 1 in near)) or (1 in near and 2 in near):
                cost += 400.0
            found += -1 in near
        if found:
            cost += 2.0 * found * (self.pairs[team] + found - _BACK_TO_BACKS * self.done - 0.5)
        if len([day for day in range(low - 4, low) if day in played]) >= 2 and high - low <= 2:
            cost += 1.0
        return cost

    def spread(self, guests: Ints, slots: list[int], fixed: int = 0) -> list[int]:  # noqa: C901 - the search itself
        """The day of each home team's game; `fixed` games, no more, are on the first slot (opening day)."""
        host_of = {int(guest): home for home, guest in enumerate(guests)}
        free = slots[1:] if fixed else slots
        day_of = [int(self.days[free[int(pick)]]) for pick in self.rng.integers(len(free), size=30)]
        pull = {int(self.days[slot]): _WEEKDAY_PULL[int(self.weekdays[slot])] for slot in slots}
        opened: set[int] = set()
        if fixed:
            first_day = int(self.days[slots[0]])
            for home in self.rng.permutation(30):
                guest = int(guests[home])
                touching = {int(home), guest, host_of[int(home)], int(guests[guest])}
                if len(opened) < fixed and not touching & opened:
                    opened.add(int(home))
                    day_of[home] = first_day
        counts: dict[int, int] = {}
        for day in day_of:
            counts[day] = counts.get(day, 0) + 1
        choices = [int(self.days[slot]) for slot in free]

        def cost(home: int, day: int) -> float:
            guest = int(guests[home])
            total = self._team_cost(home, day, day_of[host_of[home]]) + self._team_cost(guest, day, day_of[guest])
            return total + 0.12 * counts.get(day, 0) - pull[day] * 0.6

        for sweep in range(40):
            changed = False
            for home in self.rng.permutation(30):
                if home in opened:
                    continue
                now = day_of[home]
                counts[now] -= 1
                best = min(choices, key=lambda day: cost(int(home), day))
                if cost(int(home), best) < cost(int(home), now) - 1e-9:
                    day_of[home] = best
                    changed = True
                elif sweep % 4 == 3 and cost(int(home), now) >= 300.0:
                    # A clash that no single move mends: shake the game, the next sweeps settle its neighbours.
                    day_of[home] = choices[int(self.rng.integers(len(choices)))]
                    changed = True
                counts[day_of[home]] = counts.get(day_of[home], 0) + 1
            if not changed:
                break
        self.done += 1 / 41
        for home, guest in enumerate(guests):
            self.played[home].add(day_of[home])
            self.played[int(guest)].add(day_of[home])
        for team in range(30):
            self.pairs[team] = sum(day - 1 in self.played[team] for day in self.played[team])
        return day_of

    def sound(self) -> bool:
        """Whether no team has two games a day or three in three days."""
        return all(
            len(played) == 82 and not any({day + 1, day + 2} <= played for day in played) for played in self.played
        )


def regular_season(year: int, rng: np.random.Generator) -> Games:
    """All 1,230 games in order of date.

    Args:
        year: The year in which the season starts.
        rng: The source of chance.

    Returns:
        The games; numbers follow the dates.

    Raises:
        BackcourtError: If no sound schedule was found (does not happen for the seeds tried).
    """
    dates = season_dates(year)
    days = np.array([(day - dates.opening_day).days for day in dates.playable], np.int64)
    weekdays = np.array([day.weekday() for day in dates.playable], np.int64)
    for _ in range(20):
        left = pairings(year)
        spreader = _Spreader(days, weekdays, rng)
        rows: list[tuple[int, int, int]] = []
        for block in range(41):
            guests = _one_block(left, rng)
            left[np.arange(30), guests] -= 1
            # The first block has five dates, because opening day takes only two games.
            slots = list(range(5)) if block == 0 else list(range(4 * block + 1, 4 * block + 5))
            day_of = spreader.spread(guests, slots, fixed=2 if block == 0 else 0)
            rows += [(day_of[home], home, int(guests[home])) for home in range(30)]
        if spreader.sound():
            break
    else:
        raise BackcourtError(f"no schedule found for {season_label(year)}", next_step="try another seed")
    order = np.array(rows, np.int64)
    order = order[np.lexsort((rng.random(len(order)), order[:, 0]))]
    ids = [f"002{year % 100:02d}{number:05d}" for number in range(1, 1231)]
    return Games(ids, order[:, 0].copy(), order[:, 1].copy(), order[:, 2].copy(), ["Regular Season"] * 1230)


def cup_final(year: int, games: Games, rng: np.random.Generator) -> Games:
    """One extra game between an Eastern and a Western team, where the calendar has room for both.

    Both are free on its date and the day before, and do not play on both days after it. It counts for rest and travel
    only. Without such a pair in the window there is none.
    """
    dates = season_dates(year)
    first, last = ((day - dates.opening_day).days for day in dates.cup_window)
    busy = {
        (int(team), int(day)) for side in (games.home, games.away) for team, day in zip(side, games.day, strict=True)
    }
    on_dates = set(games.day.tolist())
    found = []
    for day in range(first, last + 1):
        if day not in on_dates:
            continue
        free = [
            team
            for team in range(30)
            if not any((team, day + step) in busy for step in (-1, 0))
            and not all((team, day + step) in busy for step in (1, 2))
        ]
        east = [team for team in free if TEAMS[team].conference == "East"]
        west = [team for team in free if TEAMS[team].conference == "West"]
        found += [(day, one, two) for one in east for two in west]
    if not found:
        return Games()
    day, one, two = found[int(rng.integers(len(found)))]
    ids = [f"006{year % 100:02d}00001"]
    return Games(ids, np.array([day]), np.array([one]), np.array([two]), ["Cup Final"])
