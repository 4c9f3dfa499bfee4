"""Box scores, counted from the plays: the line of every player and team of a batch of games."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backcourt.simulate.plays import CORNER, OFFENSIVE_FOUL, REB_DEF, REB_OFF, PlayedBatch
from backcourt.simulate.rotation import SLOTS

Ints = npt.NDArray[np.int64]

STATS = (
    "fgm",
    "fga",
    "fg3m",
    "fg3a",
    "ftm",
    "fta",
    "oreb",
    "dreb",
    "reb",
    "ast",
    "stl",
    "blk",
    "tov",
    "pf",
    "pts",
)


@dataclass
class Boxes:
    """Box scores of a batch.

    Attributes:
        lines: Per statistic of `STATS`, an array (game, side, slot).
        seconds: Seconds played, the same shape.
        plus_minus: Score difference on the floor, the same shape.
        score: Final score (game, side).
        periods: Periods played.
    """

    lines: dict[str, Ints]
    seconds: Ints
    plus_minus: Ints
    score: Ints
    periods: Ints

    def team(self, stat: str) -> Ints:
        """A statistic summed per game and side."""
        return np.asarray(self.lines[stat].sum(axis=2))


def count_boxes(played: PlayedBatch) -> Boxes:
    """Count every play into the line of the player it belongs to."""
    plays = played.plays
    games = len(played.score)

    def tally(slot: Ints, side: Ints, weight: Ints | None = None) -> Ints:
        hit = slot >= 0
        key = (plays.game[hit] * 2 + side[hit]) * SLOTS + slot[hit]
        counts = np.bincount(key, None if weight is None else weight[hit], minlength=games * 2 * SLOTS)
        return np.rint(counts).astype(np.int64).reshape(games, 2, SLOTS)

    side, other = plays.side, 1 - plays.side
    three = (plays.zone >= CORNER).astype(np.int64)
    tech = np.where(plays.tech_side >= 0, 1 - plays.tech_side, 0)
    bits = plays.throws_made
    lines = {
        "fgm": tally(plays.shooter, side, plays.made),
        "fga": tally(plays.shooter, side),
        "fg3m": tally(plays.shooter, side, plays.made * three),
        "fg3a": tally(plays.shooter, side, three),
        "ftm": tally(plays.throw_by, side, (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1))
        + tally(plays.tech_shooter, tech, plays.tech_made),
        "fta": tally(plays.throw_by, side, plays.throws) + tally(plays.tech_shooter, tech),
        "oreb": tally(np.where(plays.rebound == REB_OFF, plays.rebound_by, -1), side),
        "dreb": tally(np.where(plays.rebound == REB_DEF, plays.rebound_by, -1), other),
        "ast": tally(plays.assist_by, side),
        "stl": tally(plays.stolen_by, other),
        "blk": tally(plays.block_by, other),
        "tov": tally(plays.turnover_by, side),
        "pf": tally(plays.foul_by, other)
        + tally(plays.shot_foul_by, other)
        + tally(np.where(plays.turnover == OFFENSIVE_FOUL, plays.turnover_by, -1), side),
    }
    lines["reb"] = lines["oreb"] + lines["dreb"]
    lines["pts"] = 2 * lines["fgm"] + lines["fg3m"] + lines["ftm"]
    return Boxes({stat: lines[stat] for stat in STATS}, played.seconds, played.plus_minus, played.score, played.periods)
