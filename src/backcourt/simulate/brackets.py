"""Standings, the play-in and the playoff bracket."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backcourt.simulate.calendars import Calendar, PlayIn
from backcourt.simulate.schedule import Games
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]

_HIGHER_SEED_HOSTS = (True, True, False, False, True, False, True)
"""Where the seven games of a series are played."""

FIRST_ROUND = ((1, 8), (4, 5), (3, 6), (2, 7))
"""Seeds that meet in the first round; winners of neighbouring pairs meet next."""


def standings(games: Games, score: Ints) -> tuple[list[int], Ints]:
    """All teams from best to worst by the share of games won, then by points difference, and their wins."""
    home_won = score[:, 0] > score[:, 1]
    wins = np.bincount(np.where(home_won, games.home, games.away), minlength=30)
    share = wins / np.maximum(np.bincount(np.append(games.home, games.away), minlength=30), 1)
    margin = score[:, 0] - score[:, 1]
    difference = np.bincount(games.home, margin, 30) - np.bincount(games.away, margin, 30)
    return [int(team) for team in np.lexsort((np.arange(30), -difference, -share))], wins


def conference(order: list[int], name: str) -> list[int]:
    """The teams of a conference, from best to worst."""
    return [team for team in order if TEAMS[team].conference == name]


def _games(ids: list[str], rows: list[tuple[int, int, int]], kind: str) -> Games:
    block = np.array(rows, np.int64)
    return Games(ids, block[:, 0].copy(), block[:, 1].copy(), block[:, 2].copy(), [kind] * len(ids))


def seeding(calendar: Calendar, order: list[int], played: int, rng: np.random.Generator) -> Games:
    """The games that end a broken-off season: each team once in two dates, against another one every time.

    Args:
        calendar: The season's dates.
        order: All teams from best to worst when it was broken off.
        played: Games that have a number already.
        rng: The source of chance.

    Returns:
        The games; none if the season was not broken off.
    """
    rows: list[tuple[int, int, int]] = []
    if calendar.seeding is None:
        return Games()
    teams = [
        team
        for name, places in zip(("East", "West"), calendar.seeding.places, strict=True)
        for team in conference(order, name)[:places]
    ]
    circle = [teams[int(one)] for one in rng.permutation(len(teams))]
    half, first = len(circle) // 2, calendar.day(calendar.seeding.first)
    for number in range(calendar.seeding.rounds):
        pairs = [(circle[place], circle[-1 - place]) for place in range(half)]
        for place, pair in enumerate(rng.permutation(half)):
            home, away = pairs[int(pair)] if (number + int(pair)) % 2 else pairs[int(pair)][::-1]
            rows.append((first + 2 * number + (2 * place > half), home, away))
        circle = [circle[0], circle[-1], *circle[1:-1]]
    ids = [f"002{calendar.year % 100:02d}{played + number:05d}" for number in range(1, len(rows) + 1)]
    return _games(ids, rows, "Regular Season")


def play_in(calendar: Calendar, order: list[int]) -> Games:
    """The play-in of both conferences with every last game there could be.

    Per conference with four places six games: seeds 7 against 8, 9 against 10, and then the four possible meetings of a
    loser of the first with a winner of the second. With two places two games: seeds 8 against 9, twice. All are played
    at once; `play_in_result` tells which ones took place.
    """
    rows, ids = [], []
    begin, year = calendar.day(calendar.play_in), calendar.year
    for number, name, days in _contested(calendar):
        seventh, eighth, ninth, tenth = conference(order, name)[6:10]
        first, last = (begin + day for day in days)
        opening = [f"005{year % 100:02d}001{2 * number + pair}1" for pair in range(2)]
        if calendar.play_in_places == 4:
            rows += [(first, seventh, eighth), (first, ninth, tenth)]
            rows += [(last, loser, winner) for loser in (seventh, eighth) for winner in (ninth, tenth)]
            ids += [*opening, *[f"005{year % 100:02d}002{number}1"] * 4]
        else:
            rows += [(first, eighth, ninth), (last, eighth, ninth)]
            ids += opening
    return _games(ids, rows, "Play-In")


def _contested(calendar: Calendar) -> list[tuple[int, str, tuple[int, int]]]:
    """Number, name and days of each conference that has a play-in."""
    named: list[tuple[int, str, PlayIn]] = list(zip((0, 1), ("East", "West"), calendar.play_in_days, strict=True))
    return [(number, name, days) for number, name, days in named if days is not None]


def play_in_result(
    calendar: Calendar, order: list[int], games: Games, score: Ints
) -> tuple[list[tuple[int, int]], Ints]:
    """The seventh and eighth seed of each conference, and the indexes of the games that took place, by date."""
    seeds = [(teams[6], teams[7]) for teams in (conference(order, "East"), conference(order, "West"))]
    took_place: list[int] = []
    size = 6 if calendar.play_in_places == 4 else 2
    for place, (number, _, _) in enumerate(_contested(calendar)):
        first = size * place
        home_won = score[first : first + size, 0] > score[first : first + size, 1]
        if size == 2:
            if not home_won[0]:
                seeds[number] = (seeds[number][0], int((games.home if home_won[1] else games.away)[first]))
            took_place += [first] if home_won[0] else [first, first + 1]
            continue
        # The loser of the first game meets the winner of the second.
        last = 2 + (2 if home_won[0] else 0) + (0 if home_won[1] else 1)
        seventh = games.home[first] if home_won[0] else games.away[first]
        eighth = games.home[first + last] if home_won[last] else games.away[first + last]
        seeds[number] = (int(seventh), int(eighth))
        took_place += [first, first + 1, first + last]
    chosen = np.array(took_place, np.int64)
    return seeds, chosen[np.argsort(games.day[chosen], kind="stable")]


def series_games(calendar: Calendar, pairs: list[tuple[int, int]], stage: int, day: int) -> Games:
    """All seven games of every series of a round, whether they will be needed or not.

    Args:
        calendar: The season's dates.
        pairs: The team with home advantage and its opponent, per series.
        stage: 1 to 4.
        day: First day of the round; every other series starts a day later.
    """
    pauses: tuple[int, ...] = calendar.series[stage - 1]
    if stage == 4 and calendar.finals is not None:
        day, pauses = 0, tuple(map(calendar.day, calendar.finals))
    rows, ids = [], []
    for number, (high, low) in enumerate(pairs):
        for game, (pause, at_high) in enumerate(zip(pauses, _HIGHER_SEED_HOSTS, strict=True)):
            home, away = (high, low) if at_high else (low, high)
            rows.append((day + number % 2 + pause, home, away))
            ids.append(f"004{calendar.year % 100:02d}00{stage}{number}{game + 1}")
    return _games(ids, rows, "Playoffs")


def series_result(pairs: list[tuple[int, int]], games: Games, score: Ints) -> tuple[list[int], Ints]:
    """The winner of every series, and the indexes of the games that were needed."""
    winners: list[int] = []
    needed: list[int] = []
    for number, (high, low) in enumerate(pairs):
        won = {high: 0, low: 0}
        for game in range(7 * number, 7 * number + 7):
            home_won = score[game, 0] > score[game, 1]
            won[int(games.home[game] if home_won else games.away[game])] += 1
            needed.append(game)
            if max(won.values()) == 4:
                break
        winners.append(max(won, key=lambda team: won[team]))
    return winners, np.array(needed, np.int64)


def next_pairs(winners: list[int], order: list[int]) -> list[tuple[int, int]]:
    """Neighbours in the bracket; the one higher in the standings has home advantage."""
    rank = {team: place for place, team in enumerate(order)}
    pairs = zip(winners[::2], winners[1::2], strict=True)
    return [(one, two) if rank[one] < rank[two] else (two, one) for one, two in pairs]
