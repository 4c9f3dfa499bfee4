"""Who dresses for a game, who starts, and which five are on the floor when."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backcourt.simulate.players import Pool, Skills
from backcourt.simulate.rosters import Season
from backcourt.simulate.schedule import Games

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SLOTS = 13
"""Players who dress; slots 0 to 4 start."""

STINTS = 16
"""Parts of regulation with one lineup each, four a quarter."""

CLOSING = STINTS
GARBAGE = STINTS + 1

# Minutes by rank on the team: five starters, then the bench.
_MINUTES = np.array([35.5, 33.8, 32.0, 29.5, 26.5, 23.0, 19.5, 16.5, 12.5, 9.0, 7.0, 0.0, 0.0])


@dataclass
class Rotation:
    """Lineups of a batch of games; axis 0 is the game, axis 1 the side (0 home, 1 away).

    Attributes:
        players: Pool index per slot, -1 for an empty one.
        starter_position: Position as the box score lists starters (0 G, 1 F, 2 C), per slot 0 to 4.
        lineups: Five slots per stint, then the closing and the garbage-time five.
        bounds: Seconds into the quarter at which its second, third and fourth stint start.
        target: Minutes planned per slot.
        sitting: Players on the roster who are out: (game, side, pool index).
    """

    players: Ints
    starter_position: Ints
    lineups: Ints
    bounds: Ints
    target: Floats
    sitting: list[tuple[int, int, int]]


def plan_rotation(games: Games, pool: Pool, skills: Skills, season: Season, rng: np.random.Generator) -> Rotation:
    """Decide the lineups of a batch of games from rosters and injuries of each game's morning."""
    count = len(games)
    players = np.full((count, 2, SLOTS), -1, np.int64)
    positions = np.zeros((count, 2, 5), np.int64)
    target = np.zeros((count, 2, SLOTS))
    sitting: list[tuple[int, int, int]] = []
    # A coach trusts the same men all season; playoffs shorten the bench.
    short = np.array([kind == "Playoffs" for kind in games.kinds])[:, None]
    depth = np.clip(rng.normal(0.0, 0.7, (count, 2)).round(), -1, 2).astype(int) + np.where(short, 9, 10)
    mood = rng.normal(0.0, 0.22, (count, 2, len(pool))).astype(np.float32)
    wobble = rng.normal(1.0, 0.10, (count, 2, SLOTS))
    for game in range(count):
        day = int(games.day[game])
        for side, club in enumerate((int(games.home[game]), int(games.away[game]))):
            roster = np.flatnonzero(season.team[:, day] == club)
            out = season.out[roster, day]
            fit = roster[~out]
            if len(fit) < 8:
                # Teams must dress eight: those hurt most lightly play through it.
                hurt = roster[out]
                left = season.out[hurt, day : day + 60].sum(axis=1)
                fit = np.concatenate([fit, hurt[np.argsort(left, kind="stable")][: 8 - len(fit)]])
            dresses = set(fit.tolist())
            sitting += [(game, side, player) for player in roster.tolist() if player not in dresses]
            order = fit[np.argsort(-skills.value[fit], kind="stable")]
            five, listed = _starters(order, pool.position)
            rest = np.array([player for player in order.tolist() if player not in five], np.int64)
            rest = rest[np.argsort(-(skills.value[rest] + mood[game, side, rest]), kind="stable")]
            dressed = np.concatenate([np.array(five, np.int64), rest])[:SLOTS]
            players[game, side, : len(dressed)] = dressed
            positions[game, side] = listed
            uses = min(int(depth[game, side]), len(dressed))
            minutes = _MINUTES.copy()
            minutes[uses:] = 0.0
            rank = np.argsort(np.argsort(-(skills.value[dressed[:5]] + mood[game, side, dressed[:5]] * 0.5)))
            minutes[:5] = minutes[:5][rank]
            target[game, side] = minutes * wobble[game, side]
    target *= 240.0 / target.sum(axis=2, keepdims=True)
    lineups, bounds = _stints(players, target, rng)
    return Rotation(players, positions, lineups, bounds, target, sitting)


def _starters(order: Ints, position: Ints) -> tuple[list[int], list[int]]:
    """Two guards, two forwards and a centre, the best first; where one is lacking the best others fill in."""
    need = [2, 2, 1]
    five: list[int] = []
    listed: list[int] = []
    for player in order:
        place = int(position[player])
        if need[place]:
            need[place] -= 1
            five.append(int(player))
            listed.append(place)
    for player in order:
        if len(five) == 5:
            break
        if int(player) not in five:
            place = next(index for index in range(3) if need[index])
            need[place] -= 1
            five.append(int(player))
            listed.append(place)
    return five, listed


def _stints(players: Ints, target: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Five slots for every stint such that minutes come near their targets."""
    count = players.shape[0]
    flat = target.reshape(count * 2, SLOTS)
    filled = players.reshape(count * 2, SLOTS) >= 0
    rows = np.arange(len(flat))[:, None]
    played = np.zeros_like(flat)
    on_floor = np.zeros_like(flat)
    lineups = np.zeros((len(flat), STINTS + 2, 5), np.int64)
    for stint in range(STINTS):
        if stint == 0:
            five = np.broadcast_to(np.arange(5), (len(flat), 5))
        else:
            # Whoever lags most behind his plan comes in; being on the floor already counts a little.
            lag = flat * ((stint + 1) / STINTS) - played + 0.9 * on_floor + rng.normal(0, 1.0, flat.shape)
            lag += np.where(stint >= STINTS - 2, flat * 0.10, 0.0)
            lag[flat <= 0.0] = -99.0
            five = np.argpartition(-lag, 4, axis=1)[:, :5]
        lineups[:, stint] = np.sort(five, axis=1)
        on_floor[:] = 0.0
        on_floor[rows, five] = 1.0
        played[rows, five] += 3.0
    trust = np.where(filled, flat + rng.normal(0, 2.0, flat.shape), -99.0)
    lineups[:, CLOSING] = np.sort(np.argpartition(-trust, 4, axis=1)[:, :5], axis=1)
    # Garbage time belongs to the end of the bench.
    idle = np.where(filled, -flat + rng.normal(0, 3.0, flat.shape), -999.0)
    lineups[:, GARBAGE] = np.sort(np.argpartition(-idle, 4, axis=1)[:, :5], axis=1)
    bounds = np.array([180, 360, 540]) + np.clip(rng.normal(0, 42, (count, 2, 4, 3)), -80, 80)
    return lineups.reshape(count, 2, STINTS + 2, 5), bounds.astype(np.int64)
