"""What is observed at tip-off or later: lines and points lines while the game is on, reports and rosters that know it.

Nothing of it may be used for its own game. The rows say what happened, so that a use shows: a live spread is the final
margin, a live points line what the player scored, a late report calls out who has just played.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backcourt.simulate.tables import GameBatch

Ints = npt.NDArray[np.int64]

_LIVE_GAMES = 0.3
_LIVE_PLAYERS = 0.15
_AT_TIPOFF = 0.15
"""Share of live snapshots that are of the minute of the tip-off."""

_REPORTED = 0.06
_PLAYED = 900
"""Seconds after which a player has surely played."""

_LAST_HOUR = 23
_AFTERNOON = 17 * 60
"""Games that begin earlier (Eastern time) are over long before the date is, in UTC too."""


def minutes_after(count: int, rng: np.random.Generator) -> Ints:
    """Whole minutes from tip-off to the snapshot, 0 to 150."""
    late = rng.integers(1, 151, count)
    return np.where(rng.random(count) < _AT_TIPOFF, 0, late)


def live_games(count: int, rng: np.random.Generator) -> Ints:
    """Places of the games of which there are live lines."""
    return np.flatnonzero(rng.random(count) < _LIVE_GAMES)


def live_players(count: int, rng: np.random.Generator) -> Ints:
    """Places of the players and games of which there are live points lines."""
    return np.flatnonzero(rng.random(count) < _LIVE_PLAYERS)


@dataclass(frozen=True)
class LateReport:
    """A player who is called out in a report of a game that has begun."""

    game: int
    side: int
    player: int
    hour: int


def late_reports(batch: GameBatch, rng: np.random.Generator) -> list[LateReport]:
    """Players of a batch who have played and are called out in a later hour of the date."""
    found = []
    for game, side, slot in np.argwhere(batch.boxes.seconds > _PLAYED).tolist():
        first = int(batch.tip[game]) // 60 + 1
        if rng.random() < _REPORTED and first <= _LAST_HOUR:
            hour = int(rng.integers(first, _LAST_HOUR + 1))
            found.append(LateReport(game, side, int(batch.rotation.players[game, side, slot]), hour))
    return found


def afternoon_tips(batches: list[GameBatch], day: int) -> dict[int, int]:
    """Clubs that played on the afternoon of a day, with the minute of their tip-off (Eastern time)."""
    return {
        int(team): int(batch.tip[game])
        for batch in batches
        for game in np.flatnonzero((batch.games.day == day) & (batch.tip < _AFTERNOON)).tolist()
        for team in batch.teams[game]
    }
