"""Plants defects in the tables of a finished season."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

import numpy as np

from backcourt.errors import BackcourtError
from backcourt.simulate.arrow import Table, pa, pc
from backcourt.simulate.defects import BadTeamLine, Defect, GameLoadedTwice, MissingDate, MisspeltNames, NullZones
from backcourt.simulate.names import misspell

Tables = dict[str, Table]

_BOXES = ("team_boxscores", "player_boxscores", "player_boxscores_v3")
_NAMES = {
    "player_props": "player_name",
    "injury_report": "player_name",
    "roster_snapshots": "player_name",
    "rosters_bref": "bref_name",
}

_BREAKS: dict[str, tuple[str, Callable[[dict[str, int]], int]]] = {
    "points": ("pts", lambda line: line["pts"] + 1),
    "rebounds": ("reb", lambda line: line["reb"] + 1),
    "made_over_attempted": ("fta", lambda line: line["ftm"] - 1),
    "threes_made_over_made": ("fg3m", lambda line: line["fgm"] + 1),
    "threes_attempted_over_attempted": ("fg3a", lambda line: line["fga"] + 1),
    "minutes": ("min", lambda line: line["min"] + 25),
    "plus_minus": ("plus_minus", lambda line: line["plus_minus"] + 4),
}


def plant(tables: Tables, defects: Collection[Defect], seed: list[int]) -> None:
    """Change the tables in place so that every defect is there.

    Whatever the order given: lines are broken first, then games doubled, dates removed, zones and names spoilt.

    Args:
        tables: The season's tables by file.
        defects: What to plant.
        seed: Seed of the misspellings, apart from the season's own chance so that all else stays the same.

    Raises:
        BackcourtError: If a defect names a game or date that the season does not have.
    """
    order = (BadTeamLine, GameLoadedTwice, MissingDate, NullZones, MisspeltNames)
    for defect in sorted(defects, key=lambda one: (order.index(type(one)), repr(one))):
        match defect:
            case BadTeamLine():
                _bad_line(tables, defect)
            case GameLoadedTwice():
                _twice(tables, defect)
            case MissingDate():
                _on_schedule(tables, defect.date, defect)
                for name in (*_BOXES, "shots"):
                    tables[name] = tables[name].filter(pc.field("game_date") != pa.scalar(defect.date))
                games = tables["schedule"].filter(pc.field("game_date") == pa.scalar(defect.date))["game_id"]
                events = tables["play_by_play"]
                tables["play_by_play"] = events.filter(pc.invert(pc.is_in(events["game_id"], games.combine_chunks())))
            case NullZones():
                for date in defect.dates:
                    _on_schedule(tables, date, defect)
                _null_zones(tables, defect)
            case MisspeltNames():
                _spoil_names(tables, defect, seed)


def _on_schedule(tables: Tables, date: dt.date, defect: Defect) -> None:
    if not pc.any(pc.equal(tables["schedule"]["game_date"], pa.scalar(date))).as_py():
        raise BackcourtError(f"{defect}: no game on {date} in this season", next_step="name a game date")


def _in_season(tables: Tables, game_id: str, defect: Defect) -> None:
    if not pc.any(pc.equal(tables["schedule"]["game_id"], game_id)).as_py():
        raise BackcourtError(f"{defect}: no game {game_id!r} in this season", next_step="take an id of its schedule")


def _bad_line(tables: Tables, defect: BadTeamLine) -> None:
    _in_season(tables, defect.game_id, defect)
    lines = tables["team_boxscores"]
    chosen = pc.and_(pc.equal(lines["game_id"], defect.game_id), pc.equal(lines["is_home"], defect.home))
    column, change = _BREAKS[defect.rule]
    line = lines.filter(chosen).to_pylist()[0]
    if defect.rule == "made_over_attempted" and line["ftm"] == 0:
        raise BackcourtError(f"{defect}: that team made no free throw", next_step="take another game")
    index = lines.schema.get_field_index(column)
    kind = lines.schema.field(index).type
    values = pc.if_else(chosen, pa.scalar(change(line), kind), lines[column])
    tables["team_boxscores"] = lines.set_column(index, lines.schema.field(index), values)


def _twice(tables: Tables, defect: GameLoadedTwice) -> None:
    _in_season(tables, defect.game_id, defect)
    for name in _BOXES:
        rows = tables[name]
        again = rows.filter(pc.field("game_id") == defect.game_id)
        tables[name] = pa.concat_tables([rows, again])


def _null_zones(tables: Tables, defect: NullZones) -> None:
    shots = tables["shots"]
    hit = pc.is_in(shots["game_date"], pa.array(defect.dates, pa.date32()))
    for column in ("loc_x", "loc_y"):
        index = shots.schema.get_field_index(column)
        values = pc.if_else(hit, pa.scalar(None, pa.int32()), shots[column])
        shots = shots.set_column(index, shots.schema.field(index), values)
    tables["shots"] = shots


def _spoil_names(tables: Tables, defect: MisspeltNames, seed: list[int]) -> None:
    for number, (name, column) in enumerate(_NAMES.items()):
        rng = np.random.default_rng([*seed, 77, number])
        rows = tables[name]
        coded = rows[column].combine_chunks().dictionary_encode()
        spellings = coded.dictionary.to_pylist()
        order = sorted(range(len(spellings)), key=lambda one: spellings[one])
        for one in order:
            if rng.random() < defect.share:
                spellings[one] = misspell(spellings[one], rng)
        index = rows.schema.get_field_index(column)
        values = pa.array(spellings, pa.string()).take(coded.indices)
        tables[name] = rows.set_column(index, rows.schema.field(index), values)
