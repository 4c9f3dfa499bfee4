"""Play-by-play events made from the plays, in the order in which they happen."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backcourt.simulate.plays import (
    OFFENSIVE_FOUL,
    REB_NONE,
    REB_OFF,
    REB_TEAM_OFF,
    PlayedBatch,
    Plays,
)

Ints = npt.NDArray[np.int64]

MADE, MISSED, FREE_THROW, REBOUND, TURNOVER, FOUL = 1, 2, 3, 4, 5, 6
JUMP_BALL, PERIOD_START, PERIOD_END = 10, 12, 13

PERSONAL_FOUL, SHOOTING_FOUL, OFFENSE_FOUL, TECHNICAL_FOUL = 1, 2, 4, 11
TECHNICAL_THROW = 16


@dataclass
class Events:
    """One array element per event, in order of game and time.

    Attributes:
        game: Index of the game in the batch.
        play: Index of the play it belongs to.
        number: Event number within the game, with gaps as in the service's data.
        kind: `eventmsgtype`.
        action: `eventmsgactiontype`; for field goals it is filled in from the shot chart.
        period: Period.
        clock: Seconds left in the period.
        side: Team of player one (0 home, 1 away), -1 for nobody's.
        slots: Slots of players one to three, -1 for nobody.
        sides: Sides of players one to three.
        points: Points scored.
        throw: Which free throw of how many, as two digits (12 is the first of two); 0 otherwise.
    """

    game: Ints
    play: Ints
    number: Ints
    kind: Ints
    action: Ints
    period: Ints
    clock: Ints
    side: Ints
    slots: Ints
    sides: Ints
    points: Ints
    throw: Ints


@dataclass
class _Pile:
    """Events of one kind after the other, to be sorted at the end."""

    parts: list[tuple[Ints, ...]] = field(default_factory=list)

    def add(
        self,
        plays: Plays,
        mask: npt.NDArray[np.bool_],
        place: int,
        kind: int,
        action: Ints | int,
        side: Ints,
        one: Ints,
        *,
        two: tuple[Ints, Ints] | None = None,
        three: tuple[Ints, Ints] | None = None,
        clock: Ints | None = None,
        points: Ints | None = None,
        throw: Ints | None = None,
    ) -> None:
        rows = np.flatnonzero(mask)
        count = len(rows)

        def pick(values: Ints | int | None, missing: int = 0) -> Ints:
            if values is None:
                return np.full(count, missing)
            if isinstance(values, int):
                return np.full(count, values)
            return values[rows]

        self.parts.append(
            (
                rows,
                np.full(count, place),
                np.full(count, kind),
                pick(action),
                pick(plays.clock if clock is None else clock),
                pick(side),
                pick(one),
                pick(two[1] if two else None, -1),
                pick(three[1] if three else None, -1),
                pick(two[0] if two else None, -1),
                pick(three[0] if three else None, -1),
                pick(points),
                pick(throw),
            )
        )


def make_events(played: PlayedBatch, rng: np.random.Generator) -> Events:
    """Spell every play out as events whose totals equal the box scores."""
    plays = played.plays
    pile = _Pile()
    _period_events(plays, pile)
    side, other = plays.side, 1 - plays.side
    nobody = np.full(len(side), -1)
    tech = plays.tech_side
    pile.add(plays, tech >= 0, 2, FOUL, TECHNICAL_FOUL, tech, plays.tech_by, clock=plays.start)
    pile.add(
        plays,
        tech >= 0,
        3,
        FREE_THROW,
        TECHNICAL_THROW,
        1 - tech,
        plays.tech_shooter,
        clock=plays.start,
        points=plays.tech_made,
        throw=np.full(len(side), 11),
    )
    pile.add(
        plays,
        plays.foul_by >= 0,
        4,
        FOUL,
        PERSONAL_FOUL,
        other,
        plays.foul_by,
        two=(side, plays.foul_on),
        clock=plays.foul_clock,
    )
    charge = plays.turnover == OFFENSIVE_FOUL
    victim = plays.against[np.arange(len(side)), np.arange(len(side)) % 5]
    pile.add(plays, charge, 5, FOUL, OFFENSE_FOUL, side, plays.turnover_by, two=(other, victim))
    stolen = np.where(plays.stolen_by >= 0, other, -1)
    pile.add(
        plays, plays.turnover > 0, 6, TURNOVER, plays.turnover, side, plays.turnover_by, two=(stolen, plays.stolen_by)
    )
    worth = np.where(plays.zone >= 3, 3, 2)
    shot = plays.shooter >= 0
    helped = np.where(plays.assist_by >= 0, side, -1)
    pile.add(
        plays,
        shot & (plays.made == 1),
        7,
        MADE,
        0,
        side,
        plays.shooter,
        two=(helped, plays.assist_by),
        points=worth,
    )
    blocked = np.where(plays.block_by >= 0, other, -1)
    pile.add(plays, shot & (plays.made == 0), 7, MISSED, 0, side, plays.shooter, three=(blocked, plays.block_by))
    hit = plays.shot_foul_by >= 0
    hurt = np.where(shot, plays.shooter, plays.throw_by)
    pile.add(plays, hit, 8, FOUL, SHOOTING_FOUL, other, plays.shot_foul_by, two=(side, hurt))
    for throw in range(3):
        thrown = plays.throws > throw
        first = np.array([0, 10, 11, 13])[plays.throws]
        good = plays.throws_made >> throw & 1
        label = (throw + 1) * 10 + plays.throws
        pile.add(
            plays, thrown, 9 + 2 * throw, FREE_THROW, first + throw, side, plays.throw_by, points=good, throw=label
        )
        # A miss that is not the last throw is booked as a rebound of the team.
        dead = (plays.throws > throw + 1) & (good == 0)
        pile.add(plays, dead, 10 + 2 * throw, REBOUND, 1, side, nobody)
    mine = (plays.rebound == REB_OFF) | (plays.rebound == REB_TEAM_OFF)
    pile.add(
        plays,
        plays.rebound != REB_NONE,
        15,
        REBOUND,
        0,
        np.where(mine, side, other),
        plays.rebound_by,
        clock=_rebound_clock(plays, rng),
    )
    return _sorted(plays, pile, rng)


def _rebound_clock(plays: Plays, rng: np.random.Generator) -> Ints:
    """Up to three seconds after the miss, never after the next play's first event."""
    later = np.append((plays.game[1:] == plays.game[:-1]) & (plays.period[1:] == plays.period[:-1]), False)
    room = np.where(later, plays.clock - np.append(plays.clock[1:], 0), plays.clock)
    wait = np.where(plays.throws > 0, 0, rng.integers(0, 4, len(room)))
    nothing_between = np.append((plays.foul_by[1:] < 0) & (plays.tech_side[1:] < 0), True)
    return np.asarray(plays.clock - np.where(nothing_between, np.minimum(wait, room), 0))


def _period_events(plays: Plays, pile: _Pile) -> None:
    starts = np.append(True, (plays.game[1:] != plays.game[:-1]) | (plays.period[1:] != plays.period[:-1]))
    ends = np.append(starts[1:], True)
    nobody = np.full(len(starts), -1)
    pile.add(plays, starts, 0, PERIOD_START, 0, nobody, nobody, clock=plays.start)
    tips = starts & ((plays.period == 1) | (plays.period > 4))
    home_ball = plays.side == 0
    # The centre of a side jumps: the last slot of its five is as good as any for that.
    home = np.where(home_ball, plays.five[:, 4], plays.against[:, 4])
    away = np.where(home_ball, plays.against[:, 4], plays.five[:, 4])
    at_home, abroad = np.zeros_like(nobody), np.ones_like(nobody)
    pile.add(
        plays,
        tips,
        1,
        JUMP_BALL,
        0,
        at_home,
        home,
        two=(abroad, away),
        three=(plays.side, plays.five[:, 0].astype(np.int64)),
        clock=plays.start,
    )
    pile.add(plays, ends, 16, PERIOD_END, 0, nobody, nobody)


def _sorted(plays: Plays, pile: _Pile, rng: np.random.Generator) -> Events:
    columns = [np.concatenate(parts).astype(np.int64) for parts in zip(*pile.parts, strict=True)]
    order = np.argsort(columns[0] * 32 + columns[1], kind="stable")
    rows, _, kind, action, clock, side, one, two, three, side_two, side_three, points, throw = (
        column[order] for column in columns
    )
    game = plays.game[rows]
    scored = points * np.isin(kind, (MADE, FREE_THROW))
    first = np.append(0, np.flatnonzero(game[1:] != game[:-1]) + 1)
    steps = 1 + (rng.random(len(game)) < 0.22)
    count = np.cumsum(steps)
    lengths = np.diff(np.append(first, len(game)))
    number = count - np.repeat(count[first], lengths) + 2
    return Events(
        game=game,
        play=rows,
        number=number,
        kind=kind,
        action=action,
        period=plays.period[rows],
        clock=clock,
        side=side,
        slots=np.stack([one, two, three], axis=1),
        sides=np.stack([side, side_two, side_three], axis=1),
        points=scored,
        throw=np.where(kind == FREE_THROW, throw, 0),
    )


def running(key: Ints, amount: Ints) -> Ints:
    """Running total of `amount` within each key, including the row itself, in row order."""
    order = np.argsort(key, kind="stable")
    total = np.cumsum(amount[order])
    sorted_key = key[order]
    first = np.append(True, sorted_key[1:] != sorted_key[:-1])
    before = (total - amount[order])[first]
    lengths = np.diff(np.append(np.flatnonzero(first), len(key)))
    result = np.empty_like(total)
    result[order] = total - np.repeat(before, lengths)
    return result
