"""Standings, the play-in and the playoff bracket."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from backcourt.simulate.schedule import Games
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]

_HIGHER_SEED_HOSTS = (True, True, False, False, True, False, True)
"""Where the seven games of a series are played."""

FIRST_ROUND = ((1, 8), (4, 5), (3, 6), (2, 7))
"""Seeds that meet in the first round; winners of neighbouring pairs meet next."""


def standings(games: Games, score: Ints) -> tuple[list[int], Ints]:
    """All teams from best to worst by wins, then by points difference, and their wins."""
    home_won = score[:, 0] > score[:, 1]
    wins = np.bincount(np.where(home_won, games.home, games.away), minlength=30)
    margin = score[:, 0] - score[:, 1]
    difference = np.bincount(games.home, margin, 30) - np.bincount(games.away, margin, 30)
    return [int(team) for team in np.lexsort((np.arange(30), -difference, -wins))], wins


def conference(order: list[int], name: str) -> list[int]:
    """The teams of a conference, from best to worst."""
    return [team for team in order if TEAMS[team].conference == name]


def _games(ids: list[str], rows: list[tuple[int, int, int]], kind: str) -> Games:
    block = np.array(rows, np.int64)
    return Games(ids, block[:, 0].copy(), block[:, 1].copy(), block[:, 2].copy(), [kind] * len(ids))


def play_in(year: int, order: list[int], day: int) -> Games:
    """The play-in of both conferences with every last game there could be.

    Per conference six games: seeds 7 against 8, 9 against 10, and then the four possible meetings of a loser of the
    first with a winner of the second. All are played at once; `play_in_result` tells which ones took place.
    """
    rows, ids = [], []
    for number, name in enumerate(("East", "West")):
        seventh, eighth, ninth, tenth = conference(order, name)[6:10]
        rows += [(day + number, seventh, eighth), (day + number, ninth, tenth)]
        rows += [(day + 3, loser, winner) for loser in (seventh, eighth) for winner in (ninth, tenth)]
        ids += [f"005{year % 100:02d}001{2 * number + pair}1" for pair in range(2)]
        ids += [f"005{year % 100:02d}002{number}1"] * 4
    return _games(ids, rows, "Play-In")


def play_in_result(games: Games, score: Ints) -> tuple[list[tuple[int, int]], Ints]:
    """The seventh and eighth seed of each conference, and the indexes of the games that took place, by date."""
    seeds: list[tuple[int, int]] = []
    took_place: list[int] = []
    for first in (0, 6):
        home_won = score[first : first + 6, 0] > score[first : first + 6, 1]
        # The loser of the first game meets the winner of the second.
        last = 2 + (2 if home_won[0] else 0) + (0 if home_won[1] else 1)
        seventh = games.home[first] if home_won[0] else games.away[first]
        eighth = games.home[first + last] if home_won[last] else games.away[first + last]
        seeds.append((int(seventh), int(eighth)))
        took_place += [first, first + 1, first + last]
    return seeds, np.array([took_place[one] for one in (0, 1, 3, 4, 2, 5)], np.int64)


def series_games(year: int, pairs: list[tuple[int, int]], stage: int, day: int) -> Games:
    """All seven games of every series of a round, whether they will be needed or not.

    Args:
        year: The year in which the season starts.
        pairs: The team with home advantage and its opponent, per series.
        stage: 1 to 4.
        day: First day of the round; every other series starts a day later.
    """
    rows, ids = [], []
    for number, (high, low) in enumerate(pairs):
        for game, at_high in enumerate(_HIGHER_SEED_HOSTS):
            home, away = (high, low) if at_high else (low, high)
            # A day more for travel before games 3, 5, 6 and 7.
            pause = 2 * game + (game >= 2) + (game >= 4) * (stage > 1)
            rows.append((day + number % 2 + pause, home, away))
            ids.append(f"004{year % 100:02d}00{stage}{number}{game + 1}")
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


def day_number(date: dt.date, opening: dt.date) -> int:
    """Days since opening day."""
    return (date - opening).days
