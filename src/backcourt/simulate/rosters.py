"""A season's comings and goings: trades, signings, releases and injuries, day by day."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backcourt.simulate.players import Pool, Skills

Ints = npt.NDArray[np.int64]

_USUAL_LENGTH = 270
"""Days after opening day in which a player is hurt about twice."""

_TRADES = 30
_SIGNINGS = 55

REASONS: tuple[tuple[str, str], ...] = (
    ("Left Ankle; Sprain", "injury"),
    ("Right Knee; Soreness", "injury"),
    ("Lower Back; Tightness", "injury"),
    ("Right Hamstring; Strain", "injury"),
    ("Left Calf; Contusion", "injury"),
    ("Right Shoulder; Impingement", "injury"),
    ("Left Hand; Fracture", "injury"),
    ("Concussion Protocol", "injury"),
    ("Non-Covid Illness", "illness"),
    ("Health and Safety Protocols", "illness"),
    ("Personal Reasons", "personal"),
    ("Load Management", "rest"),
    ("League Suspension", "suspension"),
    ("G League - Two-Way", "g_league"),
)
"""Reason and category of an absence; the last one is only for young players who sit out while fit."""

REST = 11


@dataclass
class Season:
    """Who belongs where and who is out, for every player and day since opening day.

    Attributes:
        team: Team index per player and day, -1 without one.
        out: Whether the player cannot play that day.
        reason: Index in `REASONS` of why.
        first_out: First day of the spell he is in (only meaningful while out).
        moves: Number of players who changed team by trade.
    """

    team: npt.NDArray[np.int8]
    out: npt.NDArray[np.bool_]
    reason: npt.NDArray[np.int8]
    first_out: npt.NDArray[np.int16]
    moves: int = 0


def plan_season(pool: Pool, skills: Skills, deadline: int, length: int, rng: np.random.Generator) -> Season:
    """Draw the season's moves and absences.

    Args:
        pool: The players.
        skills: Their skills; trades are between players of about the same worth.
        deadline: Day of the last trades.
        length: Days after opening day that are planned for; the finals end before.
        rng: The source of chance.
    """
    team = np.repeat(pool.team.astype(np.int8)[:, None], length, axis=1)
    moves = _trade(pool, skills, team, deadline, rng)
    _sign(pool, skills, team, rng)
    out, reason, first_out = _absences(pool, length, rng)
    return Season(team, out, reason, first_out, moves)


def _trade(pool: Pool, skills: Skills, team: npt.NDArray[np.int8], deadline: int, rng: np.random.Generator) -> int:
    days = np.concatenate(
        [rng.integers(18, deadline - 3, _TRADES // 2), deadline - rng.integers(0, 4, _TRADES - _TRADES // 2)]
    )
    moved: set[int] = set()
    for day in np.sort(days):
        for _ in range(50):
            one = int(rng.integers(len(pool)))
            home = int(team[one, day])
            # The very best are seldom traded.
            if home < 0 or one in moved or (skills.value[one] > 1.3 and rng.random() < 0.8):
                continue
            near = np.abs(skills.value - skills.value[one]) + rng.random(len(pool)) * 0.8
            barred = (team[:, day] < 0) | (team[:, day] == home) | (pool.position != pool.position[one])
            near[barred] = np.inf
            near[list(moved)] = np.inf
            two = int(np.argmin(near))
            if np.isfinite(near[two]):
                away = int(team[two, day])
                team[one, day:], team[two, day:] = away, home
                moved |= {one, two}
                break
    return len(moved)


def _sign(pool: Pool, skills: Skills, team: npt.NDArray[np.int8], rng: np.random.Generator) -> None:
    """Free agents join for ten days, some weeks or good: their first game is a debut in mid-season."""
    free = np.flatnonzero(pool.active & (pool.team < 0))
    best = free[np.argsort(-(skills.value[free] + rng.normal(0, 0.5, len(free))), kind="stable")][:_SIGNINGS]
    for player in best:
        club = int(rng.integers(30))
        start = int(rng.integers(6, 165))
        stay = team.shape[1] if rng.random() < 0.5 else int(rng.choice([10, 20, 35]))
        if int((team[:, start] == club).sum()) < 17:
            team[player, start : start + stay] = club
            # Some come back with another team.
            if stay <= 20 and rng.random() < 0.3:
                again = start + stay + int(rng.integers(3, 40))
                team[player, again:] = int(rng.integers(30))


def _absences(
    pool: Pool, length: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int8], npt.NDArray[np.int16]]:
    count = len(pool)
    out = np.zeros((count, length), np.bool_)
    reason = np.zeros((count, length), np.int8)
    first_out = np.zeros((count, length), np.int16)
    spells = rng.poisson(1.9 * (length / _USUAL_LENGTH) * np.exp(0.25 * rng.standard_normal(count)))
    for player in np.flatnonzero(spells):
        for _ in range(spells[player]):
            start = int(rng.integers(-25, length))
            roll = rng.random()
            if roll < 0.62:
                days = 1 + int(rng.geometric(0.28))
            elif roll < 0.92:
                days = int(rng.integers(7, 26))
            else:
                days = int(rng.integers(30, 130))
            why = int(rng.integers(0, 8 if days > 9 else 13))
            if why == REST:
                days = 1
            begin, end = max(start, 0), min(max(start + days, 0), length)
            out[player, begin:end] = True
            reason[player, begin:end] = why
            first_out[player, begin:end] = begin
    return out, reason, first_out
