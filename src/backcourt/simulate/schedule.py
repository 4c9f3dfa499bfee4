"""The regular season's fixtures: who meets whom, at whose arena, and on which date.

The 1,230 pairings, seen as arrows from visitor to home team, form a graph in which 41 arrows enter and 41 leave every
team. Such a graph splits into 41 blocks in which every team has one home and one away game; each block takes four
dates. That keeps all teams level through the season, and leaves back-to-backs and rest to a small search per block.
A calendar with fewer rounds has as many blocks, over the dates that it has.
"""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backcourt.calendar import season_label
from backcourt.errors import BackcourtError
from backcourt.simulate.calendars import Calendar
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


@dataclass
class Fixtures:
    """The regular season as it is played.

    Attributes:
        games: The games that take place, in order of date.
        unplayed: Those that were planned for dates on which nothing was played any more.
        planned: Day for which a game was planned first, by id, of those that were put off.
    """

    games: Games
    unplayed: Games
    planned: dict[str, int] = field(default_factory=dict)


_SHORT = 36
"""Rounds that need no rivals who meet more often than others."""


def pairings(year: int, rounds: int = 41) -> Ints:
    """How often each team (row) is host to each other (column): every row and column sums to 41, or to 36.

    Args:
        year: The year in which the season starts.
        rounds: Games at home that a team will have; up to 36 the teams of a conference meet three times, others twice.
    """
    if rounds <= _SHORT:
        return _short_pairings()
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


def _short_pairings() -> Ints:
    hosts = np.ones((30, 30), np.int64) - np.eye(30, dtype=np.int64)
    for members in (DIVISIONS[:3], DIVISIONS[3:]):
        teams = [team for division in members for team in division]
        # The third meeting is at one of the two arenas: a team is host to the seven behind it in a circle.
        for place, host in enumerate(teams):
            hosts[host, [teams[(place + step) % 15] for step in range(1, 8)]] += 1
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

    def __init__(self, days: Ints, weekdays: Ints, rounds: int, rng: np.random.Generator) -> None:
        self.rounds = rounds
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
        self.done += 1 / self.rounds
        for home, guest in enumerate(guests):
            self.played[home].add(day_of[home])
            self.played[int(guest)].add(day_of[home])
        for team in range(30):
            self.pairs[team] = sum(day - 1 in self.played[team] for day in self.played[team])
        return day_of

    def sound(self) -> bool:
        """Whether no team has two games a day or three in three days."""
        return all(
            len(played) == 2 * self.rounds and not any({day + 1, day + 2} <= played for day in played)
            for played in self.played
        )


def regular_season(calendar: Calendar, rng: np.random.Generator) -> Fixtures:
    """All games before the play-in, seeding games apart.

    Args:
        calendar: The season's dates.
        rng: The source of chance.

    Returns:
        The games; their numbers follow the dates for which they were planned first.

    Raises:
        BackcourtError: If no sound schedule was found (does not happen for the seeds tried).
    """
    rounds, dates = calendar.rounds, len(calendar.playable)
    days = np.array([calendar.day(day) for day in calendar.playable], np.int64)
    weekdays = np.array([day.weekday() for day in calendar.playable], np.int64)
    for _ in range(20):
        left = pairings(calendar.year, rounds)
        spreader = _Spreader(days, weekdays, rounds, rng)
        rows: list[tuple[int, int, int]] = []
        for block in range(rounds):
            guests = _one_block(left, rng)
            left[np.arange(30), guests] -= 1
            # The first block has one date more, because opening day takes only two games.
            first, after = (1 + number * (dates - 1) // rounds for number in (block, block + 1))
            slots = list(range(first if block else 0, after))
            day_of = spreader.spread(guests, slots, fixed=0 if block else 2)
            rows += [(day_of[home], home, int(guests[home])) for home in range(30)]
        if dates <= 4 * rounds:
            _mend(rows, days.tolist()[1:], spreader.played, [place for place, row in enumerate(rows) if row[0] == 0])
        if spreader.sound():
            break
    else:
        raise BackcourtError(f"no schedule found for {season_label(calendar.year)}", next_step="try another seed")
    order = np.array(rows, np.int64)
    order = order[np.lexsort((rng.random(len(order)), order[:, 0]))]
    count = len(order)
    ids = [f"002{calendar.year % 100:02d}{number:05d}" for number in range(1, count + 1)]
    games = Games(ids, order[:, 0].copy(), order[:, 1].copy(), order[:, 2].copy(), ["Regular Season"] * count)
    unplayed = Games()
    if calendar.stopped_after is not None:
        late = games.day > calendar.day(calendar.stopped_after)
        unplayed, games = games.take(np.flatnonzero(late)), games.take(np.flatnonzero(~late))
    return _put_off(games, unplayed, calendar)


def _mend(rows: list[tuple[int, int, int]], days: list[int], played: list[set[int]], fixed: Collection[int]) -> None:
    """Take games out of three days in a row, to the nearest day that suits both teams.

    Args:
        rows: Day, home and visiting team of each game; changed in place.
        days: Days on which games may be.
        played: Each team's days; changed in place.
        fixed: Places in `rows` of games that stay where they are.
    """
    for place, (day, home, away) in enumerate(rows):
        if place in fixed:
            continue
        pair = [played[home], played[away]]
        for busy in pair:
            busy.discard(day)
        near = [day, *sorted(days, key=lambda other: abs(other - day))]
        new = next((other for other in near if all(_suits(other, busy) for busy in pair)), day)
        rows[place] = (new, home, away)
        for busy in pair:
            busy.add(new)


def _put_off(games: Games, unplayed: Games, calendar: Calendar) -> Fixtures:
    """Move the games of the postponed dates to later ones, a week on or more; others make room for them.

    Raises:
        BackcourtError: If there is no room: the calendar is too full.
    """
    postponed = {calendar.day(date) for date in calendar.postponed}
    moved = np.flatnonzero(np.isin(games.day, sorted(postponed))).tolist()
    if not moved:
        return Fixtures(games, unplayed)
    stop = calendar.stopped_after
    free = [calendar.day(date) for date in calendar.playable if stop is None or date <= stop]
    free = [day for day in free[1:] if day not in postponed]
    rows = list(zip(games.day.tolist(), games.home.tolist(), games.away.tolist(), strict=True))
    played: list[set[int]] = [set() for _ in range(30)]
    for place, (day, *pair) in enumerate(rows):
        for team in pair:
            if place not in moved:
                played[team].add(day)
    planned: dict[str, int] = {}
    for place in moved:
        before, home, away = rows[place]
        later = [day for day in free if day >= before + 7 and day not in played[home] | played[away]]
        if not later:
            raise BackcourtError(f"game {games.ids[place]}: no date is left to put it off to")
        day = min(later, key=lambda day: sum(not _suits(day, played[team]) for team in (home, away)))
        planned[games.ids[place]], rows[place] = before, (day, home, away)
        for team in (home, away):
            played[team].add(day)
    first = [place for place, (day, *_) in enumerate(rows) if day == 0]
    for _ in range(20):
        if not any(_three_in_a_row(days) for days in played):
            break
        _mend(rows, free, played, {*moved, *first})
    else:
        raise BackcourtError(f"no room for the games of {calendar.postponed}", next_step="put off fewer games")
    games.day[:] = [day for day, *_ in rows]
    return Fixtures(games.take(np.argsort(games.day, kind="stable")), unplayed, planned)


def _three_in_a_row(days: set[int]) -> bool:
    return any({day + 1, day + 2} <= days for day in days)


def _suits(day: int, busy: set[int]) -> bool:
    """Whether a team can play on a day: no other game then, and not three in three days."""
    return day not in busy and not any({day + one, day + two} <= busy for one, two in ((-2, -1), (-1, 1), (1, 2)))


def cup_final(calendar: Calendar, games: Games, rng: np.random.Generator) -> Games:
    """One extra game between an Eastern and a Western team, where the calendar has room for both.

    Both are free on its date and the day before, and do not play on both days after it. It counts for rest and travel
    only. Without such a pair in the window, or without a window, there is none.
    """
    if calendar.cup_window is None:
        return Games()
    first, last = map(calendar.day, calendar.cup_window)
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
    ids = [f"006{calendar.year % 100:02d}00001"]
    return Games(ids, np.array([day]), np.array([one]), np.array([two]), ["Cup Final"])
