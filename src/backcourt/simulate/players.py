"""The player pool: who exists, how old and how good he is, and how the pool ages from season to season."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backcourt.simulate.names import invent_names

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FIRST_PLAYER_ID = 9_000_001
"""Ids start above any real person id."""

POSITIONS = ("G", "F", "C")
ROSTER = (6, 6, 3)
"""Guards, forwards and centres a team starts the season with."""

_SPARE = 96
"""Players without a team in a new pool: those who may be signed during the season."""

# Share of attempts per zone (restricted area, rest of the paint, mid range, corner three, other threes) by position.
_ZONE_SHARE = np.array([[0.22, 0.18, 0.14, 0.08, 0.38], [0.28, 0.17, 0.12, 0.13, 0.30], [0.46, 0.27, 0.10, 0.02, 0.15]])
# League level of makes per zone.
_ZONE_PCT = np.array([0.642, 0.414, 0.401, 0.384, 0.348])
# Relative rates by position: assists, offensive rebounds, defensive rebounds, steals, blocks, fouls, fouls drawn.
_RATES = np.array(
    [
        [1.65, 0.45, 0.72, 1.15, 0.45, 0.90, 0.95],
        [0.80, 0.95, 1.05, 0.95, 0.95, 1.00, 0.90],
        [0.70, 2.40, 1.55, 0.80, 2.50, 1.25, 1.25],
    ]
)


@dataclass
class Skills:
    """What each player does on the court in one season; the arrays run over the pool.

    Attributes:
        value: Overall level, which decides minutes.
        usage: Relative share of the team's attempts while on the floor.
        zones: Share of attempts per zone, summing to 1.
        percent: Chance of a make per zone.
        free_throw: Chance of making a free throw.
        turnover: Relative share of turnovers.
        rates: Relative rates of assists, offensive rebounds, defensive rebounds, steals, blocks, fouls, fouls drawn.
        defense: Change of the opponents' chance of a make, negative is good.
    """

    value: Floats
    usage: Floats
    zones: Floats
    percent: Floats
    free_throw: Floats
    turnover: Floats
    rates: Floats
    defense: Floats


@dataclass
class Pool:
    """Every player who exists, in order of id.

    Attributes:
        names: Full names with suffix.
        born: Birth dates, as days since 1970.
        position: Index in `POSITIONS`.
        talent: Peak level, standard normal with a long right tail.
        style: Random parts of the skills, one row of standard normals each.
        zones: Share of attempts per zone.
        team: Team at the start of the season, or -1.
        active: Whether he still plays.
        rookie: The year of his first season here.
        taken: Every name ever used.
    """

    names: list[str]
    born: Ints
    position: Ints
    talent: Floats
    style: Floats
    zones: Floats
    team: Ints
    active: npt.NDArray[np.bool_]
    rookie: Ints
    taken: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        """Number of players, retired ones included."""
        return len(self.names)

    @property
    def ids(self) -> Ints:
        """Player ids."""
        return FIRST_PLAYER_ID + np.arange(len(self.names), dtype=np.int64)

    def age(self, year: int) -> Floats:
        """Ages in years on the first of November of a year."""
        return ((dt.date(year, 11, 1) - dt.date(1970, 1, 1)).days - self.born) / 365.25

    def skills(self, year: int) -> Skills:
        """The skills in the season that starts in `year`."""
        age = self.age(year)
        # Players rise to 27, hold, and fall after 31.
        level = self.talent - 0.055 * np.clip(27 - age, 0, 8) ** 1.25 - 0.075 * np.clip(age - 31, 0, 12) ** 1.1
        drift = np.sin(self.style[:, 0] * 7 + year * 1.7) * 0.18
        level = level + drift
        style = self.style
        edge = np.array([0.015, 0.015, 0.014, 0.008, 0.010])
        percent = _ZONE_PCT + np.outer(np.clip(level, -1.5, 2.5), edge)
        percent = percent + style[:, 1:6] * np.array([0.030, 0.030, 0.032, 0.025, 0.026])
        percent[:, 0] += np.where(self.position == 2, 0.03, -0.01)
        rates = _RATES[self.position] * np.exp(style[:, 6:13] * 0.32)
        rates[:, 0] *= np.exp(0.30 * np.clip(level, -1.5, 2.5))
        rates[:, 6] *= np.exp(0.22 * np.clip(level, -1.5, 2.5))
        usage = np.exp(0.33 * np.clip(level, -1.8, 2.4) + 0.20 * style[:, 13])
        shooter = 0.775 + 0.06 * style[:, 14] - np.where(self.position == 2, 0.06, -0.015) + 0.015 * level
        return Skills(
            value=level + 0.25 * style[:, 15],
            usage=usage,
            zones=self.zones,
            percent=np.clip(percent, 0.15, 0.80),
            free_throw=np.clip(shooter, 0.45, 0.95),
            turnover=usage**0.8 * (0.6 + 0.4 * rates[:, 0]) * np.exp(0.2 * style[:, 16]),
            rates=rates,
            defense=-0.009 * style[:, 17] - 0.005 * level,
        )


def _birth(age: Floats, year: int, rng: np.random.Generator) -> Ints:
    november = (dt.date(year, 11, 1) - dt.date(1970, 1, 1)).days
    return np.asarray(november - np.floor((age + rng.random(len(age))) * 365.25), np.int64)


def _newcomers(
    count: int, position: Ints, age: Floats, year: int, rng: np.random.Generator, taken: set[str], *, twins: bool
) -> Pool:
    talent = rng.normal(0.0, 0.75, count) + rng.exponential(0.42, count) - 0.42
    base = _ZONE_SHARE[position]
    zones = rng.gamma(base * 18.0, 1.0)
    return Pool(
        names=invent_names(rng, count, taken, twins=twins),
        born=_birth(age, year, rng),
        position=position,
        talent=talent,
        style=rng.standard_normal((count, 18)),
        zones=zones / zones.sum(axis=1, keepdims=True),
        team=np.full(count, -1, np.int64),
        active=np.ones(count, np.bool_),
        rookie=np.full(count, year, np.int64),
        taken=taken,
    )


def create_pool(year: int, rng: np.random.Generator) -> Pool:
    """A league of 30 rosters of 15 and some free agents.

    Args:
        year: The year in which the first season starts.
        rng: The source of chance.

    Returns:
        The pool, ages 19 to 40, the best of the free agents weaker than most of a roster.
    """
    per_team = np.repeat(np.arange(3), ROSTER)
    position = np.concatenate([np.tile(per_team, 30), rng.choice(3, _SPARE, p=[0.45, 0.4, 0.15])]).astype(np.int64)
    count = len(position)
    age = np.clip(19.0 + rng.gamma(2.6, 2.75, count), 19.0, 38.9)
    age[rng.choice(450, 4, replace=False)] = np.array([36.2, 37.4, 38.5, 39.4])
    age[450:] = np.clip(age[450:], 19.0, 27.0)
    pool = _newcomers(count, position, age, year, rng, set(), twins=True)
    pool.talent[450:] -= 0.5
    # Veterans who are still there were better than most once: without this, age would make every one of them sit out.
    pool.talent[:450] += 0.06 * np.clip(age[:450] - 30, 0, 12)
    # A few teams are plainly better than others.
    pool.talent[:450] += np.repeat(rng.normal(0.0, 0.40, 30), 15)
    pool.team[:450] = np.repeat(np.arange(30), 15)
    pool.rookie[age >= 20.5] = year - 1
    return pool


def next_season(pool: Pool, team_at_end: Ints, year: int, rng: np.random.Generator) -> Pool:
    """The pool a year on: some retire, some change teams, rookies fill the places.

    Args:
        pool: The pool of the season before; not changed.
        team_at_end: Where each player ended that season, or -1.
        year: The year in which the new season starts.
        rng: The source of chance.

    Returns:
        A new pool; ids of those who were there stay.
    """
    age = pool.age(year)
    value = pool.skills(year).value
    team = team_at_end.copy()
    chance = np.where(age >= 40, 1.0, np.clip((age - 33) * 0.09, 0, 1) + np.where(value < -1.2, 0.10, 0.0))
    retired = pool.active & (rng.random(len(pool)) < chance)
    active = pool.active & ~retired
    # One in six contracts ends.
    leaves = active & (team >= 0) & (rng.random(len(pool)) < 0.16)
    team[leaves | ~active] = -1
    rookies = _newcomers(
        64, rng.choice(3, 64, p=[0.42, 0.40, 0.18]), 19 + rng.gamma(2, 0.8, 64), year, rng, pool.taken, twins=False
    )
    rookies.talent += 0.25
    merged = Pool(
        names=pool.names + rookies.names,
        born=np.concatenate([pool.born, rookies.born]),
        position=np.concatenate([pool.position, rookies.position]),
        talent=np.concatenate([pool.talent, rookies.talent]),
        style=np.concatenate([pool.style, rookies.style]),
        zones=np.concatenate([pool.zones, rookies.zones]),
        team=np.concatenate([team, rookies.team]),
        active=np.concatenate([active, rookies.active]),
        rookie=np.concatenate([pool.rookie, rookies.rookie]),
        taken=pool.taken,
    )
    _fill_rosters(merged, year, rng)
    return merged


def _fill_rosters(pool: Pool, year: int, rng: np.random.Generator) -> None:
    """Bring every team to its guards, forwards and centres, the best free agents first."""
    value = pool.skills(year).value + rng.normal(0, 0.2, len(pool)) + np.where(pool.rookie == year, 0.5, 0.0)
    for position, places in enumerate(ROSTER):
        same = pool.active & (pool.position == position)
        for team in range(30):
            mine = np.flatnonzero(same & (pool.team == team))
            for player in mine[np.argsort(-value[mine], kind="stable")][places:]:
                pool.team[player] = -1
        free = np.flatnonzero(same & (pool.team < 0))
        queue = [int(player) for player in free[np.argsort(-value[free], kind="stable")]]
        needs = [team for team in range(30) for _ in range(places - int((same & (pool.team == team)).sum()))]
        short = len(needs) - len(queue)
        if short > 0:
            # Too few of this position in the pool: players without a team learn it.
            others = np.flatnonzero(pool.active & (pool.team < 0) & (pool.position == 1 - min(position, 1)))[:short]
            pool.position[others] = position
            queue += others.tolist()
        order = rng.permutation(len(needs))
        for player, place in zip(queue, order, strict=False):
            pool.team[player] = needs[int(place)]
