"""The play-by-play of a batch of games as an Arrow table in the shape of PlayByPlayV2, with its descriptions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from backcourt.simulate import events as ev
from backcourt.simulate.events import Events, running
from backcourt.simulate.names import split_name
from backcourt.simulate.shots import ACTIONS
from backcourt.simulate.tables import SOURCE, TEAM_ID, Batch, clock_text, table, texts
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
_FOULS = {ev.PERSONAL_FOUL: "P.FOUL", ev.SHOOTING_FOUL: "S.FOUL", ev.OFFENSE_FOUL: "OFF.Foul", ev.TECHNICAL_FOUL: "T.FOUL"}
_PERIODS = ("1st Period", "2nd Period", "3rd Period", "4th Period", "1st OT", "2nd OT", "3rd OT")


def _join(*parts: Any) -> pa.Array:
    return pc.binary_join_element_wise(*[part if isinstance(part, pa.Array) else pa.scalar(part) for part in parts], "")


def _number(values: Ints) -> pa.Array:
    return pa.array(values).cast(pa.string())


def play_by_play_table(batch: Batch) -> pa.Table:
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


def _people(batch: Batch) -> tuple[Ints, Ints]:
    """Pool index and team index of the three people of every event."""
    events = batch.events
    named = events.slots >= 0
    side = np.maximum(events.sides, 0)
    game = events.game[:, None]
    who = np.where(named, batch.rotation.players[game, side, np.maximum(events.slots, 0)], -1)
    return who, np.where(events.sides >= 0, batch.teams[game, side], -1)


def _clock(seconds: Ints) -> pa.Array:
    return texts([f"{one // 60}:{one % 60:02d}" for one in range(721)], seconds)


def _wall_clock(batch: Batch) -> pa.Array:
    """Eastern time of every event: the game clock stretched by stoppages, quarter breaks and half-time."""
    events = batch.events
    gone = np.where(events.period > 4, 300 * (events.period - 5) + 300, 720 * events.period) + 2880 * (events.period > 4)
    breaks = 4 * (events.period - 1) + 12 * (events.period > 2)
    minutes = batch.tip[events.game] + (gone - events.clock) * 145 // 3600 + breaks
    return texts(clock_text(np.arange(1440)), minutes % 1440)


def _score(events: Events) -> tuple[pa.Array, pa.Array]:
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


def _describe(batch: Batch, who: Ints, team: Ints) -> tuple[pa.Array, pa.Array]:
    """What the service writes for the acting side, and for the other side (steals and blocks)."""
    events, pool = batch.events, batch.pool
    size = len(events.game)
    count = len(pool)
    last = pa.array([split_name(name)[1] for name in pool.names])
    nickname = pa.array([one.nickname for one in TEAMS])
    people = [last.take(pa.array(np.maximum(who[:, spot], 0))) for spot in range(3)]
    keys = [events.game * (count + 1) + who[:, spot] + 1 for spot in range(3)]
    kind = events.kind

    def total(spot: int, counted: Bools, amount: Ints | None = None) -> pa.Array:
        """Running total per game and person, as text."""
        rows = np.flatnonzero(counted)
        values = np.zeros(size, np.int64)
        values[rows] = running(keys[spot][rows], np.ones(len(rows), np.int64) if amount is None else amount[rows])
        return _number(values)

    scoring = (kind == ev.MADE) | (kind == ev.FREE_THROW)
    points = total(0, scoring, events.points)
    own = pa.nulls(size, pa.string())
    other = pa.nulls(size, pa.string())
    choose = pc.if_else

    # Field goals.
    shot = (kind == ev.MADE) | (kind == ev.MISSED)
    row_of = np.cumsum(shot) - 1
    place = np.where(shot, row_of, 0)
    feet = np.where(shot, batch.spots.distance[place], 0)
    three = shot & (batch.played.plays.zone[events.play] >= 3)
    far = choose(pa.array(feet > 0), _join(" ", _number(feet), "'"), pa.scalar(""))
    words = texts([text for _, _, text in ACTIONS], batch.shot_kind[place])
    basket = _join(people[0], far, choose(pa.array(three), pa.scalar(" 3PT "), pa.scalar(" ")), words)
    assisted = (kind == ev.MADE) & (who[:, 1] >= 0)
    helped = _join(" (", people[1], " ", total(1, assisted), " AST)")
    good = _join(basket, " (", points, " PTS)", choose(pa.array(assisted), helped, pa.scalar("")))
    own = choose(pa.array(kind == ev.MADE), good, own)
    own = choose(pa.array(kind == ev.MISSED), _join("MISS ", basket), own)
    blocked = (kind == ev.MISSED) & (who[:, 2] >= 0)
    other = choose(pa.array(blocked), _join(people[2], " BLOCK (", total(2, blocked), " BLK)"), other)

    # Free throws.
    free = kind == ev.FREE_THROW
    order = _join(_number(events.throw // 10), " of ", _number(events.throw % 10))
    order = choose(pa.array(events.action == ev.TECHNICAL_THROW), pa.scalar("Technical"), order)
    line = _join(people[0], " Free Throw ", order)
    scored = choose(pa.array(events.points > 0), _join(line, " (", points, " PTS)"), _join("MISS ", line))
    own = choose(pa.array(free), scored, own)

    # Rebounds and turnovers, of a player or the team.
    rebound = (kind == ev.REBOUND) & (who[:, 0] >= 0)
    attack = rebound & (events.side == batch.played.plays.side[events.play])
    counts = _join(" REBOUND (Off:", total(0, rebound, attack * 1), " Def:", total(0, rebound, ~attack * 1), ")")
    own = choose(pa.array(rebound), _join(people[0], counts), own)
    club = nickname.take(pa.array(np.maximum(team[:, 0], 0)))
    own = choose(pa.array((kind == ev.REBOUND) & ~rebound), _join(club, " Rebound"), own)
    loss = kind == ev.TURNOVER
    by_player = loss & (who[:, 0] >= 0)
    numbers = np.arange(64)
    names = [_TURNOVERS.get(int(one), "No") for one in numbers]
    cause = texts(names, np.where(loss, events.action, 0))
    team_rows = np.flatnonzero(loss)
    team_total = np.zeros(size, np.int64)
    team_total[team_rows] = running((events.game * 2 + events.side)[team_rows], np.ones(len(team_rows), np.int64))
    losses = _join(" Turnover (P", total(0, by_player), ".T", _number(team_total), ")")
    own = choose(pa.array(by_player), _join(people[0], " ", cause, losses), own)
    shared = _join(club, " Turnover: ", cause, " (T#", _number(team_total), ")")
    own = choose(pa.array(loss & ~by_player), shared, own)
    stolen = loss & (who[:, 1] >= 0)
    other = choose(pa.array(stolen), _join(people[1], " STEAL (", total(1, stolen), " STL)"), other)

    # Fouls and jump balls.
    foul = kind == ev.FOUL
    personal = foul & (events.action != ev.TECHNICAL_FOUL)
    named = texts([_FOULS.get(int(one), "FOUL") for one in numbers], np.where(foul, events.action, 0))
    counted = personal & (events.action != ev.OFFENSE_FOUL)
    rows = np.flatnonzero(counted)
    in_period = np.zeros(size, np.int64)
    in_period[rows] = running(((events.game * 16 + events.period) * 2 + events.side)[rows], np.ones(len(rows), np.int64))
    state = choose(
        pa.array(in_period > 4), pa.scalar(".PN"), choose(pa.array(counted), _join(".T", _number(in_period)), pa.scalar(""))
    )
    own = choose(pa.array(foul), _join(people[0], " ", named, " (P", total(0, personal), state, ")"), own)
    jump = kind == ev.JUMP_BALL
    own = choose(pa.array(jump), _join("Jump Ball ", people[0], " vs. ", people[1], ": Tip to ", people[2]), own)
    return own, other
