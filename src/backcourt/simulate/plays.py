"""What the game engine produces: the plays of a batch of games and the totals that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

RA, PAINT, MID, CORNER, ABOVE, BACKCOURT = range(6)
"""Where a shot is taken; the last three are worth three points."""

LAST_PERIOD = 7
"""The third overtime; no game goes beyond it."""

REB_NONE, REB_OFF, REB_DEF, REB_TEAM_OFF, REB_TEAM_DEF = range(5)

SHOT_CLOCK = 11
OFFENSIVE_FOUL = 37


@dataclass
class Plays:
    """One array element per play, in order of game and time. Slots are of `Rotation`; -1 means nobody.

    Attributes:
        game: Index of the game in the batch.
        period: Period, 5 is the first overtime.
        start: Clock at the start, seconds left in the period.
        clock: Clock at the end.
        side: Team with the ball (0 home, 1 away).
        five: Slots of the team with the ball.
        against: Slots of the other team.
        tech_side: Team called for a technical foul before the play.
        tech_by: Slot of the offender.
        tech_shooter: Slot of the other team's shooter.
        tech_made: Whether the technical free throw went in.
        foul_by: Slot of a defender's non-shooting foul.
        foul_on: Slot of the player fouled.
        foul_clock: Clock of that foul.
        bonus: Whether that foul gives two free throws and ends the play.
        turnover: Kind of turnover, 0 for none.
        turnover_by: Slot, -1 for the team's (shot clock).
        stolen_by: Slot of the stealer.
        shooter: Slot of the shooter of a field-goal attempt.
        zone: Zone of the attempt.
        made: Whether it was made.
        assist_by: Slot of the passer.
        block_by: Slot of the blocker.
        shot_foul_by: Slot of the shooting foul's offender.
        throws: Free throws of the play.
        throw_by: Slot of the free-throw shooter.
        throws_made: Bits 1, 2 and 4: first, second and third free throw made.
        rebound: Kind of rebound at the end.
        rebound_by: Slot of the rebounder.
        putback: Whether the shot follows the shooter's own offensive rebound.
    """

    game: Ints
    period: Ints
    start: Ints
    clock: Ints
    side: Ints
    five: Ints
    against: Ints
    tech_side: Ints
    tech_by: Ints
    tech_shooter: Ints
    tech_made: Ints
    foul_by: Ints
    foul_on: Ints
    foul_clock: Ints
    bonus: Ints
    turnover: Ints
    turnover_by: Ints
    stolen_by: Ints
    shooter: Ints
    zone: Ints
    made: Ints
    assist_by: Ints
    block_by: Ints
    shot_foul_by: Ints
    throws: Ints
    throw_by: Ints
    throws_made: Ints
    rebound: Ints
    rebound_by: Ints
    putback: Ints

    def take(self, index: Ints) -> Plays:
        """Some of the plays, in the order given."""
        return Plays(**{column.name: getattr(self, column.name)[index] for column in fields(self)})


@dataclass
class PlayedBatch:
    """A batch after the final buzzer; axis 1 is the side.

    Attributes:
        plays: Every play.
        seconds: Seconds on the floor per slot.
        plus_minus: Score difference while on the floor per slot.
        score: Final score.
        periods: Periods played.
    """

    plays: Plays
    seconds: Ints
    plus_minus: Ints
    score: Ints
    periods: Ints
