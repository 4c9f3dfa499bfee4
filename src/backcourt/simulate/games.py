"""The game engine: plays all games of a batch at once, possession by possession.

A *play* ends with a turnover, a shot, free throws or the clock; an offensive rebound starts another one of the same
team. Box scores, shots and play-by-play are all counted from the same plays, so they cannot disagree.
"""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backcourt.simulate.players import Skills
from backcourt.simulate.plays import (
    ABOVE,
    BACKCOURT,
    CORNER,
    LAST_PERIOD,
    OFFENSIVE_FOUL,
    PAINT,
    RA,
    REB_DEF,
    REB_NONE,
    REB_OFF,
    REB_TEAM_DEF,
    REB_TEAM_OFF,
    SHOT_CLOCK,
    PlayedBatch,
    Plays,
)
from backcourt.simulate.rotation import CLOSING, GARBAGE, SLOTS, Rotation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_SHOOTING_FOUL = np.array([0.190, 0.108, 0.052, 0.009, 0.017, 0.0])
_BLOCKED = np.array([0.255, 0.185, 0.075, 0.016, 0.016, 0.0])
_ASSISTED = np.array([0.565, 0.445, 0.425, 0.955, 0.765, 0.6])
_FIFTH = np.full(5, 0.2)
# Kinds of turnover and the upper ends of their shares: with a steal, without.
_STOLEN_KINDS = (np.array([1, 2]), np.array([0.65, 1.0]))
_LOST_KINDS = (np.array([45, 40, 4, OFFENSIVE_FOUL, 39, 1, 8]), np.array([0.28, 0.42, 0.55, 0.83, 0.91, 0.96, 1.0]))


def choose(weights: Floats, rng: np.random.Generator) -> Ints:
    """One column per row, by weight; the last column if a row has none."""
    total = np.cumsum(weights, axis=1)
    draw = rng.random(len(weights)) * total[:, -1]
    return np.asarray(np.minimum(np.count_nonzero(total <= draw[:, None], axis=1), weights.shape[1] - 1))


class Engine:
    """Plays one batch of games."""

    def __init__(
        self, rotation: Rotation, skills: Skills, pace: Floats, edge: Floats, rng: np.random.Generator
    ) -> None:
        """Set the ball up.

        Args:
            rotation: Lineups.
            skills: Skills of the pool.
            pace: Factor on the speed of each game, 1 is average.
            edge: Change of each side's chance of a make (game, side): coaching, and what skills do not explain.
            rng: The source of chance.
        """
        count = len(rotation.players)
        self.rotation, self.skills, self.pace, self.rng = rotation, skills, pace, rng
        self.players = np.maximum(rotation.players, 0).ravel()
        self.lineups = rotation.lineups.copy()
        self.score = np.zeros((count, 2), np.int64)
        # Flat over (game, side, slot): one index then serves every table of a step.
        self.seconds = np.zeros(count * 2 * SLOTS, np.int64)
        self.plus_minus = np.zeros(count * 2 * SLOTS, np.int64)
        self.fouls = np.zeros(count * 2 * SLOTS, np.int64)
        self.team_fouls = np.zeros((count, 2), np.int64)
        self.period = np.ones(count, np.int64)
        self.clock = np.full(count, 720, np.int64)
        self.tip = rng.integers(0, 2, count)
        self.ball = self.tip.copy()
        self.rebounder = np.full(count, -1, np.int64)
        self.boards = np.zeros(count, np.bool_)
        # Hot and cold days: of a player, of a team, and the host's edge.
        self.form = rng.normal(0.0, 0.035, count * 2 * SLOTS)
        self.team_form = edge + rng.normal(0.0, 0.008, (count, 2)) + np.array([0.0075, -0.0075])
        self.whistle = np.exp(rng.normal(0.0, 0.07, count))
        self.care = np.exp(rng.normal(0.0, 0.13, (count, 2)))

    def run(self) -> PlayedBatch:
        """Play until every game has a winner."""
        alive = np.arange(len(self.score))
        steps: list[dict[str, Ints]] = []
        while alive.size:
            steps.append(self._step(alive))
            alive = self._turn_period(alive)
        columns = {name: np.concatenate([step[name] for step in steps]) for name in steps[0]}
        order = np.argsort(columns["game"], kind="stable")
        plays = Plays(**{name: values[order] for name, values in columns.items()})
        shape = (-1, 2, SLOTS)
        return PlayedBatch(plays, self.seconds.reshape(shape), self.plus_minus.reshape(shape), self.score, self.period)

    def _turn_period(self, alive: Ints) -> Ints:
        """Start the next period where the clock has run out; drop the games that are over."""
        over = self.clock[alive] == 0
        at = alive[over]
        level = self.score[at, 0] == self.score[at, 1]
        done = (self.period[at] >= 4) & ~level
        going = at[~done]
        self.period[going] += 1
        self.clock[going] = np.where(self.period[going] > 4, 300, 720)
        self.team_fouls[going] = 0
        fresh_tip = self.rng.integers(0, 2, len(going))
        quarter = self.period[going]
        self.ball[going] = np.where(
            quarter > 4, fresh_tip, np.where(quarter == 4, self.tip[going], 1 - self.tip[going])
        )
        self.boards[going] = False
        return np.concatenate([alive[~over], going]) if done.any() or going.size else alive

    def _floor(self, at: Ints, side: Ints, margin: Ints) -> Ints:
        period, clock = self.period[at], self.clock[at]
        quarter = np.minimum(period, 4) - 1
        gone = 720 - clock
        stint = quarter * 4 + (gone[:, None] >= self.rotation.bounds[at, side, quarter]).sum(axis=1)
        stint[(period > 4) | ((period == 4) & (clock <= 120) & (np.abs(margin) <= 8))] = CLOSING
        stint[(period == 4) & (clock < 400) & (np.abs(margin) >= np.where(clock < 240, 17, 22))] = GARBAGE
        return np.asarray(self.lineups[at, side, stint])

    def _step(self, at: Ints) -> dict[str, Ints]:  # noqa: PLR0915 - one play, told in its order of time
        rng, skills = self.rng, self.skills
        n = len(at)
        side = self.ball[at]
        other = 1 - side
        period, clock = self.period[at], self.clock[at]
        lead = self.score[at, side] - self.score[at, other]
        five, against = self._floor(at, side, lead), self._floor(at, other, lead)
        row = np.arange(n)
        base, base_other = (at * 2 + side) * SLOTS, (at * 2 + other) * SLOTS
        own, rival = base[:, None] + five, base_other[:, None] + against
        mine, theirs = self.players[own], self.players[rival]
        legal = self.fouls[rival]
        late = (period >= 4) & (clock < 50)
        out: dict[str, Ints] = {}

        # Time: shorter after an offensive rebound, and for a team that is behind at the end.
        mean = np.where(self.boards[at], 7.5, 14.35) / self.pace[at] * np.where(late & (lead < 0), 0.55, 1.0)
        used = np.maximum(np.rint(rng.gamma(6.0, mean / 6.0)), 1).astype(np.int64)
        used = np.minimum(used, 24)
        expires = used >= clock
        used = np.minimum(used, clock)
        now = clock - used
        chance_at_buzzer = np.where((period >= 4) & (lead <= 0) & (lead >= -3), 0.97, np.where(clock >= 4, 0.75, 0.3))
        heave = expires & (rng.random(n) < chance_at_buzzer) & ~((period >= 4) & (lead > 0))
        heave |= expires & (period == LAST_PERIOD) & (lead == 0)
        running = ~expires

        self._technical(at, side, mine, theirs, five, against, running, out)

        # Non-shooting fouls; at the very end the team behind fouls on purpose.
        desperate = late & (lead > 0) & (lead <= 9) & (clock > 1)
        rate = np.where(desperate, 0.62, 0.075 * self.whistle[at])
        bonus_now = self.team_fouls[at, other] >= 4
        weights = (
            skills.rates[theirs, 5]
            * np.clip(1.0 - 0.13 * legal, 0.1, 1.0)
            * (legal < np.where(bonus_now, 6, 5)[:, None])
        )
        fouled = (running | (desperate & (now < clock))) & (rng.random(n) < rate) & (weights.sum(axis=1) > 0)
        foul_at = choose(weights, rng)
        fouled_at = choose(skills.usage[mine] * skills.rates[mine, 6], rng)
        bonus = fouled & bonus_now
        offset = np.floor(rng.random(n) * used).astype(np.int64)
        # A foul that gives free throws stops the clock there; any other one is within the play.
        quick = np.where(desperate, np.minimum(clock - now, 1 + offset // 3), used)
        now = np.where(bonus & desperate, clock - quick, now)
        used = clock - now
        foul_clock = np.where(bonus, now, np.maximum(clock - offset, now))
        running = running | (bonus & desperate)
        heave &= ~bonus
        out["foul_by"] = np.where(fouled, against[row, foul_at], -1)
        out["foul_on"] = np.where(fouled, five[row, fouled_at], -1)
        out["foul_clock"] = foul_clock
        out["bonus"] = bonus.astype(np.int64)
        self._charge(at, other, out["foul_by"])

        # Turnovers.
        loose = skills.turnover[mine] @ _FIFTH / 0.85
        steals = skills.rates[theirs, 3] @ _FIFTH
        p_loss = (
            0.118 * self.care[at, side] * (0.75 + 0.15 * loose + 0.10 * steals) * np.where(self.boards[at], 0.5, 1.0)
        )
        lost = running & ~bonus & (rng.random(n) < p_loss)
        stolen = lost & (rng.random(n) < np.clip(0.545 * steals, 0, 0.9))
        which = rng.random(n)
        kind = np.where(stolen, _STOLEN_KINDS[0][np.searchsorted(_STOLEN_KINDS[1], which)], 0)
        kind = np.where(lost & ~stolen, _LOST_KINDS[0][np.searchsorted(_LOST_KINDS[1], which)], kind)
        team_loss = running & ~bonus & ~lost & ~self.boards[at] & (used >= 20) & (rng.random(n) < 0.03)
        loser = five[row, choose(skills.turnover[mine], rng)]
        out["turnover"] = np.where(team_loss, SHOT_CLOCK, kind)
        charging = (kind == OFFENSIVE_FOUL) & (self.fouls[base + loser] < 5)
        out["turnover"][(kind == OFFENSIVE_FOUL) & ~charging] = 4
        out["turnover_by"] = np.where(lost, loser, -1)
        out["stolen_by"] = np.where(stolen, against[row, choose(skills.rates[theirs, 3], rng)], -1)
        self._charge(at, side, np.where(charging, loser, -1), team=False)

        shooting = ((running & ~bonus & ~lost & ~team_loss) | heave) & ~(expires & ~heave & ~running)
        self._shoot(
            at,
            side,
            five,
            against,
            own=own,
            rival=rival,
            shooting=shooting,
            heave=heave,
            lead=lead,
            period=period,
            now=now,
            bonus=bonus,
            fouled_at=fouled_at,
            out=out,
        )
        self._rebound(five, against, own, rival, now, out)

        # Book-keeping: score, minutes, plus-minus, ball.
        bits = out["throws_made"]
        points = out["made"] * np.where(out["zone"] >= CORNER, 3, 2) + (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1)
        for team_side, scored in ((side, points), (1 - out["tech_side"], out["tech_made"])):
            gained_by = np.clip(team_side, 0, 1)
            self.score[at, gained_by] += scored
            swing = np.where(gained_by == side, scored, -scored)[:, None]
            self.plus_minus[own] += swing
            self.plus_minus[rival] -= swing
        self.seconds[own] += used[:, None]
        self.seconds[rival] += used[:, None]
        self.clock[at] = now
        again = (out["rebound"] == REB_OFF) | (out["rebound"] == REB_TEAM_OFF)
        self.ball[at] = np.where(again, side, other)
        self.boards[at] = again
        self.rebounder[at] = np.where(out["rebound"] == REB_OFF, out["rebound_by"], -1)
        self._replace()
        out |= {
            "game": at,
            "period": period,
            "start": clock,
            "clock": now,
            "side": side,
            "five": five.astype(np.int8),
            "against": against.astype(np.int8),
        }
        return out

    def _technical(
        self,
        at: Ints,
        side: Ints,
        mine: Ints,
        theirs: Ints,
        five: Ints,
        against: Ints,
        running: Bools,
        out: dict[str, Ints],
    ) -> None:
        n, rng = len(at), self.rng
        called = running & (rng.random(n) < 0.0032)
        guilty_offense = rng.random(n) < 0.5
        offender = rng.integers(0, 5, n)
        row = np.arange(n)
        out["tech_side"] = np.where(called, np.where(guilty_offense, side, 1 - side), -1)
        out["tech_by"] = np.where(called, np.where(guilty_offense, five[row, offender], against[row, offender]), -1)
        best = np.where(guilty_offense[:, None], self.skills.free_throw[theirs], self.skills.free_throw[mine])
        spot = best.argmax(axis=1)
        out["tech_shooter"] = np.where(called, np.where(guilty_offense, against[row, spot], five[row, spot]), -1)
        out["tech_made"] = (called & (rng.random(n) < best[row, spot])).astype(np.int64)

    def _shoot(  # noqa: PLR0915 - one shot, told in its order of time
        self,
        at: Ints,
        side: Ints,
        five: Ints,
        against: Ints,
        *,
        own: Ints,
        rival: Ints,
        shooting: Bools,
        heave: Bools,
        lead: Ints,
        period: Ints,
        now: Ints,
        bonus: Bools,
        fouled_at: Ints,
        out: dict[str, Ints],
    ) -> None:
        rng, skills = self.rng, self.skills
        n, row = len(at), np.arange(len(at))
        mine, theirs = self.players[own], self.players[rival]
        usage = skills.usage[mine] * np.exp(3.0 * self.form[own])
        who = choose(usage, rng)
        is_rebounder = five == self.rebounder[at][:, None]
        putback = shooting & ~heave & self.boards[at] & is_rebounder.any(axis=1) & (rng.random(n) < 0.45)
        who = np.where(putback, is_rebounder.argmax(axis=1), who)
        player, slot = mine[row, who], five[row, who]
        # Putbacks are at the rim; a team three behind at the end needs a three, a team two behind takes the better two.
        final = (period >= 4) & (now < 24)
        zone = choose(skills.zones[player], rng)
        zone = np.where(putback, np.where(rng.random(n) < 0.85, RA, PAINT), zone)
        zone = np.where(final & (lead == -3) & ~putback, ABOVE, zone)
        zone = np.where(final & (lead == -2) & (zone >= CORNER) & (rng.random(n) < 0.7), PAINT, zone)
        zone = np.where(heave & (rng.random(n) < 0.2) & ~final, BACKCOURT, zone)
        zone = np.where(heave & (zone == RA) & (rng.random(n) < 0.6), ABOVE, zone)
        percent = np.where(zone == BACKCOURT, 0.02, skills.percent[player, np.minimum(zone, ABOVE)])
        percent = percent + (self.form[own[row, who]] + self.team_form[at, side] + skills.defense[theirs] @ _FIFTH)
        percent = percent - np.clip(lead, -25, 25) * 0.0011 + np.where(putback & (zone == RA), -0.03, 0.0)
        percent = np.where(heave, percent * 0.72, percent)
        clutch = final & (period == 4)
        percent = np.where(clutch & (lead < 0) & (lead >= -3), percent * 1.3, percent)
        percent = np.where(clutch & (lead == 0), percent * 0.8, percent)
        percent = np.where(zone == BACKCOURT, 0.02, np.clip(percent, 0.02, 0.93))
        # A third overtime is the last: its final shot decides the game.
        decider = heave & (period == LAST_PERIOD)
        zone = np.where(decider & (lead == 0), PAINT, zone)
        percent = np.where(decider & (lead == 0), 1.0, np.where(decider & (lead <= -2), 0.0, percent))

        fouls = self.fouls[rival]
        foul_weights = skills.rates[theirs, 5] * np.where(fouls >= 6, 0.0, np.clip(1.0 - 0.13 * fouls, 0.1, 1.0))
        p_foul = _SHOOTING_FOUL[zone] * skills.rates[player, 6] * self.whistle[at]
        fouled = shooting & (now > 0) & (rng.random(n) < p_foul) & (foul_weights.sum(axis=1) > 0)
        made = shooting & (rng.random(n) < np.where(fouled, percent * 0.43, percent))
        attempt = shooting & (made | ~fouled)
        missed = attempt & ~made
        blocks = skills.rates[theirs, 4]
        blocked = missed & (zone < BACKCOURT) & (rng.random(n) < _BLOCKED[zone] * (0.4 + 0.6 * (blocks @ _FIFTH)))
        helpers = skills.rates[mine, 0] * (np.arange(5) != who[:, None])
        passers = 0.50 + 0.41 * (skills.rates[mine, 0] @ _FIFTH)
        assisted = made & ~putback & (rng.random(n) < np.clip(_ASSISTED[zone] * passers, 0, 0.97))
        three = zone >= CORNER
        throws = np.where(fouled, np.where(made, 1, np.where(three, 3, 2)), np.where(bonus, 2, 0))
        thrower = np.where(bonus, fouled_at, who)
        free = skills.free_throw[mine[row, thrower]]
        hits = rng.random((n, 3)) < free[:, None]
        bits = (hits * np.array([1, 2, 4]) * (np.arange(3) < throws[:, None])).sum(axis=1)
        out["shooter"] = np.where(attempt, slot, -1)
        out["zone"] = zone
        out["made"] = made.astype(np.int64)
        out["assist_by"] = np.where(assisted, five[row, choose(helpers, rng)], -1)
        out["block_by"] = np.where(blocked, against[row, choose(blocks, rng)], -1)
        out["shot_foul_by"] = np.where(fouled, against[row, choose(foul_weights, rng)], -1)
        out["throws"] = throws
        out["throw_by"] = np.where(throws > 0, five[row, thrower], -1)
        out["throws_made"] = bits
        out["putback"] = (putback & attempt).astype(np.int64)
        self._charge(at, 1 - side, out["shot_foul_by"])

    def _rebound(self, five: Ints, against: Ints, own: Ints, rival: Ints, now: Ints, out: dict[str, Ints]) -> None:
        rng, n, row = self.rng, len(now), np.arange(len(now))
        last = np.left_shift(1, np.maximum(out["throws"] - 1, 0))
        free_miss = (out["throws"] > 0) & ((out["throws_made"] & last) == 0)
        field_miss = (out["shooter"] >= 0) & (out["made"] == 0)
        up = free_miss | (field_miss & (out["throws"] == 0))
        offense, defense = self.skills.rates[self.players[own], 1], self.skills.rates[self.players[rival], 2]
        # Who has fouled out in this play is on his way to the bench.
        defense[self.fouls[rival] >= 6] = 0.0
        edge = np.clip((offense @ _FIFTH) / np.maximum(defense @ _FIFTH, 0.2), 0.4, 2.2)
        p_off = np.where(free_miss, 0.125, 0.246) * (0.62 + 0.38 * edge)
        p_team = np.where(out["block_by"] >= 0, 0.18, 0.078)
        roll = rng.random(n)
        by_team = rng.random(n) < p_team
        attack = roll < p_off
        kind = np.where(by_team, np.where(roll < 0.42, REB_TEAM_OFF, REB_TEAM_DEF), np.where(attack, REB_OFF, REB_DEF))
        kind = np.where(now == 0, REB_TEAM_DEF, kind)
        kind = np.where(up, kind, REB_NONE)
        out["rebound"] = kind
        taker = np.where(kind == REB_OFF, five[row, choose(offense, rng)], against[row, choose(defense, rng)])
        out["rebound_by"] = np.where((kind == REB_OFF) | (kind == REB_DEF), taker, -1)

    def _charge(self, at: Ints, side: Ints, slot: Ints, *, team: bool = True) -> None:
        hit = slot >= 0
        self.fouls[(at[hit] * 2 + side[hit]) * SLOTS + slot[hit]] += 1
        if team:
            self.team_fouls[at[hit], side[hit]] += 1

    def _replace(self) -> None:
        """Take players with six fouls out of every lineup still to come."""
        for place in np.flatnonzero(self.fouls == 6).tolist():
            game, side, slot = place // (2 * SLOTS), place // SLOTS % 2, place % SLOTS
            # Seven marks a player whose place has been filled; it is never counted in a box score.
            self.fouls[place] = 7
            eligible = self.fouls[place - slot : place - slot + SLOTS] < 6
            fit = np.flatnonzero((self.rotation.players[game, side] >= 0) & eligible)
            ranked = fit[np.argsort(-self.rotation.target[game, side, fit], kind="stable")].tolist()
            for stint, lineup in enumerate(self.lineups[game, side].tolist()):
                if slot in lineup:
                    substitute = next((one for one in ranked if one not in lineup), slot)
                    self.lineups[game, side, stint, lineup.index(slot)] = substitute
