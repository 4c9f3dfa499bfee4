"""The play-by-play of a batch of games as an Arrow table in the shape of PlayByPlayV2, with its descriptions."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from backcourt.simulate import events as ev
from backcourt.simulate.arrow import Array, Table, pa, pc
from backcourt.simulate.events import Events, running
from backcourt.simulate.names import split_name
from backcourt.simulate.shots import ACTIONS
from backcourt.simulate.tables import SOURCE, TEAM_ID, GameBatch, clock_text, table, texts
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_TURNOVERS = {
    1: "Bad Pass",
    2: "Lost Ball",
    4: "Traveling",
    8: "3 Second Violation",
    11: "Shot Clock",
    37: "Offensive Foul",
    39: "Step Out of Bounds",
    40: "Out of Bounds Lost Ball",
    45: "Out of Bounds - Bad Pass Turnover",
}
_FOULS = {
    ev.PERSONAL_FOUL: "P.FOUL",
    ev.SHOOTING_FOUL: "S.FOUL",
    ev.OFFENSE_FOUL: "OFF.Foul",
    ev.TECHNICAL_FOUL: "T.FOUL",
}
_PERIODS = ("1st Period", "2nd Period", "3rd Period", "4th Period", "1st OT", "2nd OT", "3rd OT")


def _join(*parts: Array | str) -> Array:
    return pc.binary_join_element_wise(*[pa.scalar(part) if isinstance(part, str) else part for part in parts], "")


def _number(values: Ints) -> Array:
    return pa.array(values).cast(pa.string())


def play_by_play_table(batch: GameBatch) -> Table:
    """One row per event."""
    events = batch.events
    count = len(events.game)
    who, team = _people(batch)
    own, other = _describe(batch, who, team)
    home = events.side == 0
    action = events.action.copy()
    shot = (events.kind == ev.MADE) | (events.kind == ev.MISSED)
    action[shot] = np.array([number for number, _, _ in ACTIONS])[batch.shot_kind]
    text, margin = _score(events)
    at_home, abroad = pa.array(home), pa.array(events.side == 1)
    wall = _wall_clock(batch)
    period_text = texts(_PERIODS, np.clip(events.period - 1, 0, 6))
    edge = (events.kind == ev.PERIOD_START) | (events.kind == ev.PERIOD_END)
    begins = texts(["Start of ", "End of "], (events.kind == ev.PERIOD_END).astype(np.int64))
    neutral = _join(begins, period_text, " (", wall, " EST)")
    nothing = pa.scalar(None, pa.string())
    columns: dict[str, Any] = {
        "game_id": texts(batch.games.ids, events.game),
        "eventnum": events.number,
        "eventmsgtype": events.kind,
        "eventmsgactiontype": action,
        "period": events.period,
        "wctimestring": wall,
        "pctimestring": _clock(events.clock),
        "homedescription": pc.if_else(at_home, own, pc.if_else(abroad, other, nothing)),
        "neutraldescription": pc.if_else(pa.array(edge), neutral, nothing),
        "visitordescription": pc.if_else(abroad, own, pc.if_else(at_home, other, nothing)),
        "score": text,
        "scoremargin": margin,
        "video_available_flag": (~edge).astype(np.int64),
        "source": SOURCE,
    }
    team_event = ((events.kind == ev.REBOUND) | (events.kind == ev.TURNOVER)) & (events.slots[:, 0] < 0)
    for spot in range(3):
        person = who[:, spot]
        side = events.sides[:, spot]
        named = person >= 0
        club = np.where(named, team[:, spot], -1)
        ids = np.where(named, batch.pool.ids[np.maximum(person, 0)], 0)
        kind = np.where(named, side + 4, 0)
        if spot == 0:
            # A team's own rebound or turnover: types 2 and 3, and the team's id in the player's place.
            ids = np.where(team_event, TEAM_ID[np.maximum(team[:, 0], 0)], ids)
            kind = np.where(team_event, events.side + 2, kind)
        if spot == 2:
            foul = (events.kind == ev.FOUL) | ((events.kind == ev.TURNOVER) & (who[:, 1] < 0))
            kind = np.where(foul, 1, kind)
        number = spot + 1
        columns[f"person{number}type"] = kind
        columns[f"player{number}_id"] = ids
        columns[f"player{number}_name"] = texts(batch.pool.names, person)
        columns[f"player{number}_team_id"] = pa.array(TEAM_ID[np.maximum(club, 0)], mask=club < 0)
        columns[f"player{number}_team_abbreviation"] = texts([one.abbr for one in TEAMS], club)
    return table("play_by_play", columns, count)


def _people(batch: GameBatch) -> tuple[Ints, Ints]:
    """Pool index and team index of the three people of every event."""
    events = batch.events
    named = events.slots >= 0
    side = np.maximum(events.sides, 0)
    game = events.game[:, None]
    who = np.where(named, batch.rotation.players[game, side, np.maximum(events.slots, 0)], -1)
    return who, np.where(events.sides >= 0, batch.teams[game, side], -1)


def _clock(seconds: Ints) -> Array:
    return texts([f"{one // 60}:{one % 60:02d}" for one in range(721)], seconds)


def _wall_clock(batch: GameBatch) -> Array:
    """Eastern time of every event: the game clock stretched by stoppages, quarter breaks and half-time."""
    events = batch.events
    gone = np.where(events.period > 4, 300 * (events.period - 5) + 300, 720 * events.period) + 2880 * (
        events.period > 4
    )
    breaks = 4 * (events.period - 1) + 12 * (events.period > 2)
    minutes = batch.tip[events.game] + (gone - events.clock) * 145 // 3600 + breaks
    return texts(clock_text(np.arange(1440)), minutes % 1440)


def _score(events: Events) -> tuple[Array, Array]:
    """Score ("visitors - home") and the home team's margin, where they changed and at the start and end of periods."""
    home = running(events.game, np.where(events.side == 0, events.points, 0))
    away = running(events.game, np.where(events.side == 1, events.points, 0))
    changed = events.points > 0
    edge = (events.kind == ev.PERIOD_END) | ((events.kind == ev.PERIOD_START) & (events.period > 1))
    known = pa.array(changed | edge)
    nothing = pa.scalar(None, pa.string())
    margin = home - away
    text = _join(_number(away), " - ", _number(home))
    gap = pc.if_else(pa.array(margin == 0), pa.scalar("TIE"), _number(margin))
    return pc.if_else(known, text, nothing), pc.if_else(known, gap, nothing)


class _Lines:
    """Descriptions made for some rows at a time and put in the order of the events at the end."""

    def __init__(self, batch: GameBatch, who: Ints) -> None:
        self.batch, self.who = batch, who
        self.family = pa.array([split_name(name)[1] for name in batch.pool.names])
        self.parts: tuple[list[Array], list[Array]] = ([], [])
        self.rows: tuple[list[Ints], list[Ints]] = ([], [])

    def add(self, rows: Ints, text: Array, *, other: bool = False) -> None:
        self.parts[other].append(text)
        self.rows[other].append(rows)

    def name(self, rows: Ints, spot: int) -> Array:
        """Family name of a person of each row."""
        return self.family.take(pa.array(np.maximum(self.who[rows, spot], 0)))

    def total(self, rows: Ints, spot: int, amount: Ints | None = None) -> Array:
        """Running total per game and person over these rows, as text."""
        key = self.batch.events.game[rows] * (len(self.batch.pool) + 1) + self.who[rows, spot]
        return _number(running(key, np.ones(len(rows), np.int64) if amount is None else amount))

    def finish(self, *, other: bool) -> Array:
        """The text of every event, NULL where none was added."""
        rows = np.concatenate(self.rows[other])
        place = np.full(len(self.batch.events.game), -1)
        place[rows] = np.arange(len(rows))
        return pa.concat_arrays(self.parts[other]).take(pa.array(place, mask=place < 0))


def _describe(batch: GameBatch, who: Ints, team: Ints) -> tuple[Array, Array]:
    """What the service writes for the acting side, and for the other side (steals and blocks)."""
    lines = _Lines(batch, who)
    _describe_scoring(batch, who, lines)
    _describe_rest(batch, who, team, lines)
    return lines.finish(other=False), lines.finish(other=True)


def _pick(condition: Bools, yes: Array | str, no: Array | str) -> Array:
    return pc.if_else(pa.array(condition), yes, no)


def _describe_scoring(batch: GameBatch, who: Ints, lines: _Lines) -> None:
    """Field goals and free throws."""
    events, kind = batch.events, batch.events.kind
    shot = np.flatnonzero((kind == ev.MADE) | (kind == ev.MISSED))
    scoring = np.flatnonzero((kind == ev.MADE) | (kind == ev.FREE_THROW))
    points = lines.total(scoring, 0, events.points[scoring])
    feet = batch.spots.distance
    three = batch.played.plays.zone[events.play[shot]] >= 3
    far = texts(["", *(f" {one}'" for one in range(1, 100))], feet)
    words = texts([text for _, _, text in ACTIONS], batch.shot_kind)
    basket = _join(lines.name(shot, 0), far, _pick(three, " 3PT ", " "), words)
    made = kind[shot] == ev.MADE
    rows = shot[made]
    assisted = who[rows, 1] >= 0
    passer = np.flatnonzero(assisted)
    helped = _join(" (", lines.name(rows[passer], 1), " ", lines.total(rows[passer], 1), " AST)")
    place = np.where(assisted, np.cumsum(assisted) - 1, len(passer))
    help_text = pa.concat_arrays([helped, pa.array([""])]).take(pa.array(place))
    of_basket = points.take(pa.array(np.searchsorted(scoring, rows)))
    lines.add(rows, _join(basket.filter(pa.array(made)), " (", of_basket, " PTS)", help_text))
    rows = shot[~made]
    lines.add(rows, _join("MISS ", basket.filter(pa.array(~made))))
    blocked = rows[who[rows, 2] >= 0]
    lines.add(blocked, _join(lines.name(blocked, 2), " BLOCK (", lines.total(blocked, 2), " BLK)"), other=True)

    free = np.flatnonzero(kind == ev.FREE_THROW)
    labels = ["Technical" if one < 11 else f"{one // 10} of {one % 10}" for one in range(40)]
    technical = events.action[free] == ev.TECHNICAL_THROW
    line = _join(lines.name(free, 0), " Free Throw ", texts(labels, np.where(technical, 0, events.throw[free])))
    of_throw = points.take(pa.array(np.searchsorted(scoring, free)))
    good = events.points[free] > 0
    lines.add(free, _pick(good, _join(line, " (", of_throw, " PTS)"), _join("MISS ", line)))


def _describe_rest(batch: GameBatch, who: Ints, team: Ints, lines: _Lines) -> None:
    """Rebounds, turnovers, fouls and jump balls."""
    events, kind = batch.events, batch.events.kind
    nickname = [one.nickname for one in TEAMS]
    named = who[:, 0] >= 0
    rows = np.flatnonzero((kind == ev.REBOUND) & named)
    attack = (events.side[rows] == batch.played.plays.side[events.play[rows]]).astype(np.int64)
    counts = _join(" REBOUND (Off:", lines.total(rows, 0, attack), " Def:", lines.total(rows, 0, 1 - attack), ")")
    lines.add(rows, _join(lines.name(rows, 0), counts))
    rows = np.flatnonzero((kind == ev.REBOUND) & ~named)
    lines.add(rows, _join(texts(nickname, team[rows, 0]), " Rebound"))

    loss = np.flatnonzero(kind == ev.TURNOVER)
    of_team = running((events.game * 2 + events.side)[loss], np.ones(len(loss), np.int64))
    cause = texts([_TURNOVERS.get(one, "No") for one in range(64)], events.action[loss])
    personal = named[loss]
    rows = loss[personal]
    numbers = _join(" Turnover (P", lines.total(rows, 0), ".T", _number(of_team[personal]), ")")
    lines.add(rows, _join(lines.name(rows, 0), " ", cause.filter(pa.array(personal)), numbers))
    rows = loss[~personal]
    shared = _join(" Turnover: ", cause.filter(pa.array(~personal)), " (T#", _number(of_team[~personal]), ")")
    lines.add(rows, _join(texts(nickname, team[rows, 0]), shared))
    rows = loss[who[loss, 1] >= 0]
    lines.add(rows, _join(lines.name(rows, 1), " STEAL (", lines.total(rows, 1), " STL)"), other=True)

    rows = np.flatnonzero(kind == ev.FOUL)
    action = events.action[rows]
    words = texts([_FOULS.get(one, "FOUL") for one in range(64)], action)
    counted = (action != ev.TECHNICAL_FOUL) & (action != ev.OFFENSE_FOUL)
    period = (events.game[rows] * 16 + events.period[rows]) * 2 + events.side[rows]
    team_fouls = running(period, counted.astype(np.int64))
    state = texts(["", *(f".T{one}" for one in range(1, 5)), ".PN"], np.where(counted, np.minimum(team_fouls, 5), 0))
    of_player = lines.total(rows, 0, (action != ev.TECHNICAL_FOUL).astype(np.int64))
    lines.add(rows, _join(lines.name(rows, 0), " ", words, " (P", of_player, state, ")"))
    rows = np.flatnonzero(kind == ev.JUMP_BALL)
    jumpers = _join("Jump Ball ", lines.name(rows, 0), " vs. ", lines.name(rows, 1))
    lines.add(rows, _join(jumpers, ": Tip to ", lines.name(rows, 2)))
