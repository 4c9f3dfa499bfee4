"""Schedule, box scores and shots of a batch of games as Arrow tables in the real seasons' shapes."""

# ruff: noqa: PLR2004 - the rules, rates and distances of the game are numbers

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backcourt.calendar import season_label
from backcourt.simulate.arrow import Array, Table, pa, pc
from backcourt.simulate.boxes import STATS, Boxes
from backcourt.simulate.events import MADE, MISSED, Events
from backcourt.simulate.names import split_name, without_accents
from backcourt.simulate.places import places
from backcourt.simulate.players import POSITIONS, Pool
from backcourt.simulate.plays import CORNER, PlayedBatch
from backcourt.simulate.rosters import REASONS, Season
from backcourt.simulate.rotation import Rotation
from backcourt.simulate.schedule import Games
from backcourt.simulate.schemas import SCHEMAS
from backcourt.simulate.shots import ACTIONS, AREA_NAMES, RANGE_NAMES, ZONE_NAMES, Spots
from backcourt.simulate.teams import TEAMS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SOURCE = "simulated"

_SEASON_DIGIT = {"Regular Season": 2, "Playoffs": 4, "Play-In": 5, "Cup Final": 6}
_SHOT_SEASON = {"Regular Season": "REG", "Playoffs": "PLAYOFFS", "Play-In": "PLAYIN", "Cup Final": "CUP"}

TEAM_ID = np.array([team.team_id for team in TEAMS], np.int64)
EPOCH = dt.date(1970, 1, 1)


@dataclass
class GameBatch:
    """Everything known about a batch of games after they were played.

    Attributes:
        year: The year in which the season starts.
        opening: Opening day, as days since 1970.
        pool: The players.
        season: Rosters and absences.
        games: The games.
        tip: Minutes after midnight, Eastern time, of each tip-off.
        rotation: Who dressed.
        played: Plays, minutes and scores.
        boxes: Box scores.
        events: Play-by-play.
        spots: Coordinates of the attempts, in order of `events`.
        shot_kind: Index in `ACTIONS` of the attempts, in order of `events`.
    """

    year: int
    opening: int
    pool: Pool
    season: Season
    games: Games
    tip: Ints
    rotation: Rotation
    played: PlayedBatch
    boxes: Boxes
    events: Events
    spots: Spots
    shot_kind: Ints

    @property
    def dates(self) -> Array:
        """Date of each game."""
        return pa.array((self.games.day + self.opening).astype(np.int32), pa.int32()).cast(pa.date32())

    @property
    def teams(self) -> Ints:
        """Team index per game and side."""
        return np.stack([self.games.home, self.games.away], axis=1)


def texts(values: Sequence[str | None], index: Ints) -> Array:
    """Texts by number; a negative number gives NULL."""
    return pa.array(values, pa.string()).take(pa.array(index, mask=index < 0))


def table(name: str, columns: Mapping[str, Any], count: int) -> Table:
    """A table of a file's schema; a plain str, int or bool stands for a column of it."""
    schema = SCHEMAS[name]
    arrays = []
    for column in schema:
        values = columns[column.name]
        if isinstance(values, str | int | float):
            values = pa.repeat(pa.scalar(values, column.type), count)
        elif isinstance(values, np.ndarray):
            values = pa.array(values)
        arrays.append(values if values.type == column.type else values.cast(column.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def clock_text(minutes: Ints) -> list[str]:
    """Times of day like "7:37 PM" of minutes after midnight."""
    return [
        f"{(one // 60 - 1) % 12 + 1}:{one % 60:02d} {'AM' if one // 60 % 24 < 12 else 'PM'}" for one in minutes.tolist()
    ]


def schedule_table(batch: GameBatch) -> Table:
    """One row per game."""
    games, score = batch.games, batch.played.score
    count = len(games)
    # As in the real files, either team's five come first: the home team's in games with an even sum of ids.
    fives = np.sort(batch.pool.ids[batch.rotation.players[:, :, :5]], axis=2)
    away_first = fives.sum(axis=(1, 2)) % 2 == 1
    starters = np.where(away_first[:, None, None], fives[:, ::-1], fives).reshape(count, 10)
    home_won = score[:, 0] > score[:, 1]
    columns: dict[str, Any] = {
        "game_id": games.ids,
        "game_date": batch.dates,
        "season": season_label(batch.year),
        "season_type": games.kinds,
        "home_wl": texts(["L", "W"], home_won.astype(np.int64)),
        "periods": batch.played.periods,
        "tipoff_text": [f"{text} EST" for text in clock_text(batch.tip)],
        "status": "Final",
        "starters_on": ["|".join(map(str, row)) for row in starters.tolist()],
        "source": SOURCE,
    }
    for side, name in enumerate(("home", "away")):
        team = batch.teams[:, side]
        columns[f"{name}_team_id"] = TEAM_ID[team]
        columns[f"{name}_abbreviation"] = texts([one.abbr for one in TEAMS], team)
        columns[f"{name}_team_name"] = texts([one.name for one in TEAMS], team)
        columns[f"{name}_score"] = score[:, side]
    columns = {key: pa.array(value) if isinstance(value, list) else value for key, value in columns.items()}
    return table("schedule", _placed(columns), count)


def unplayed_table(year: int, opening: int, games: Games) -> Table:
    """Schedule rows of games that were put off and never played: no score, no time, status Postponed."""
    count = len(games)
    columns: dict[str, Any] = {
        "game_id": pa.array(games.ids),
        "game_date": pa.array((games.day + opening).astype(np.int32), pa.int32()).cast(pa.date32()),
        "season": season_label(year),
        "season_type": pa.array(games.kinds),
        "status": "Postponed",
        "source": SOURCE,
    }
    for name, team in (("home", games.home), ("away", games.away)):
        columns[f"{name}_team_id"] = TEAM_ID[team]
        columns[f"{name}_abbreviation"] = texts([one.abbr for one in TEAMS], team)
        columns[f"{name}_team_name"] = texts([one.name for one in TEAMS], team)
    columns = _placed(columns)
    nothing = {name: pa.nulls(count) for name in SCHEMAS["schedule"].names if name not in columns}
    return table("schedule", columns | nothing, count)


def _placed(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns of a schedule and those that say where its games are played."""
    known = ("game_id", "season_type", "game_date", "home_abbreviation")
    return columns | places(*(columns[name].to_pylist() for name in known))


def _share(made: Ints, tried: Ints, *, empty: float | None) -> Array:
    ratio = np.round(made / np.maximum(tried, 1), 3)
    return pa.array(ratio, mask=tried == 0) if empty is None else pa.array(np.where(tried == 0, empty, ratio))


def _game_columns(batch: GameBatch, game: Ints, side: Ints) -> dict[str, Any]:
    """The columns that team and player lines share."""
    team, rival = batch.teams[game, side], batch.teams[game, 1 - side]
    abbr = np.array([one.abbr for one in TEAMS])
    own, other = pa.array(abbr[team]), pa.array(abbr[rival])
    between = texts([" vs. ", " @ "], side)
    score = batch.played.score
    digit = np.array([_SEASON_DIGIT[kind] for kind in batch.games.kinds])
    return {
        "season_id": digit[game] * 10000 + batch.year,
        "team_id": TEAM_ID[team],
        "team_abbreviation": own,
        "team_name": texts([one.name for one in TEAMS], team),
        "game_id": texts(batch.games.ids, game),
        "game_date": batch.dates.take(pa.array(game)),
        "matchup": pc.binary_join_element_wise(own, between, other, ""),
        "is_home": side == 0,
        "opponent_abbreviation": other,
        "wl": texts(["L", "W"], (score[game, side] > score[game, 1 - side]).astype(np.int64)),
        "season": season_label(batch.year),
        "source": SOURCE,
    }


def _line_columns(lines: Mapping[str, Ints]) -> dict[str, Any]:
    columns: dict[str, Any] = dict(lines)
    columns["fg_pct"] = _share(lines["fgm"], lines["fga"], empty=None)
    columns["fg3_pct"] = _share(lines["fg3m"], lines["fg3a"], empty=None)
    columns["ft_pct"] = _share(lines["ftm"], lines["fta"], empty=None)
    return columns


def _in_order(batch: GameBatch, chosen: Bools) -> tuple[Ints, Ints, Ints, Ints]:
    """Game, side, slot and pool index of chosen lines, by game, team id and player id."""
    game, side, slot = np.nonzero(chosen)
    player = batch.rotation.players[game, side, slot]
    order = np.lexsort((player, TEAM_ID[batch.teams[game, side]], game))
    return game[order], side[order], slot[order], player[order]


def team_table(batch: GameBatch) -> Table:
    """Two rows per game, the home team first."""
    count = len(batch.games)
    game, side = np.repeat(np.arange(count), 2), np.tile(np.arange(2), count)
    boxes = batch.boxes
    minutes = np.rint(boxes.seconds / 60).astype(np.int64).sum(axis=2)
    lines = {stat: boxes.team(stat)[game, side] for stat in STATS}
    columns = _game_columns(batch, game, side) | _line_columns(lines)
    columns["min"] = minutes[game, side]
    columns["plus_minus"] = (boxes.score[game, side] - boxes.score[game, 1 - side]).astype(np.float64)
    return table("team_boxscores", columns, len(game))


def player_table(batch: GameBatch) -> Table:
    """One row per player who was on the floor."""
    boxes = batch.boxes
    game, side, slot, player = _in_order(batch, boxes.seconds > 0)
    lines = {stat: boxes.lines[stat][game, side, slot] for stat in STATS}
    columns = _game_columns(batch, game, side) | _line_columns(lines)
    fantasy = lines["pts"] + 1.2 * lines["reb"] + 1.5 * lines["ast"] + 3 * (lines["stl"] + lines["blk"]) - lines["tov"]
    columns |= {
        "player_id": batch.pool.ids[player],
        "player_name": texts(batch.pool.names, player),
        "min": np.rint(boxes.seconds[game, side, slot] / 60).astype(np.int64),
        "plus_minus": boxes.plus_minus[game, side, slot],
        "fantasy_pts": np.round(fantasy, 1),
        "video_available": 1,
    }
    return table("player_boxscores", columns, len(game))


_COMMENTS = {"rest": "DND - Rest", "suspension": "NWT - League Suspension", "personal": "NWT - Personal"}


def player_table_v3(batch: GameBatch) -> Table:
    """One row per player who dressed, and some of those who did not, with minutes as MM:SS and the reason."""
    boxes, pool = batch.boxes, batch.pool
    game, side, slot, player = _in_order(batch, batch.rotation.players >= 0)
    # The box score names an absent player only if he was ruled out late: on the first days of his spell.
    late = [
        (one, two, player_out)
        for one, two, player_out in batch.rotation.sitting
        if batch.games.day[one] - batch.season.first_out[player_out, batch.games.day[one]] < 3
    ]
    absent = np.array(late, np.int64).reshape(-1, 3)
    why = batch.season.reason[absent[:, 2], batch.games.day[absent[:, 0]]]
    game, side = np.append(game, absent[:, 0]), np.append(side, absent[:, 1])
    slot, player = np.append(slot, np.full(len(absent), -1)), np.append(player, absent[:, 2])
    here = slot >= 0
    seconds = np.where(here, boxes.seconds[game, side, slot], 0)
    played = seconds > 0
    comments = ["", "DNP - Coach's Decision", *(_COMMENTS.get(kind, "DND - Injury/Illness") for _, kind in REASONS)]
    comment = np.where(here, np.where(played, 0, 1), np.append(np.zeros(len(slot) - len(absent), int), why + 2))
    position = np.where(played & here & (slot < 5), batch.rotation.starter_position[game, side, np.clip(slot, 0, 4)], 3)
    order = np.lexsort((player, TEAM_ID[batch.teams[game, side]], game))
    game, side, slot, player = game[order], side[order], slot[order], player[order]
    played, seconds = played[order], seconds[order]
    lines = {stat: np.where(played, boxes.lines[stat][game, side, slot], 0) for stat in STATS}
    team = batch.teams[game, side]
    parts = [split_name(name) for name in pool.names]
    slugs = [
        "".join(
            letter for letter in without_accents(name).lower().replace(" ", "-") if letter.isalnum() or letter == "-"
        )
        for name in pool.names
    ]
    columns: dict[str, Any] = {
        "game_id": texts(batch.games.ids, game),
        "game_date": batch.dates.take(pa.array(game)),
        "is_home": side == 0,
        "away_team_id": TEAM_ID[batch.games.away[game]],
        "home_team_id": TEAM_ID[batch.games.home[game]],
        "team_id": TEAM_ID[team],
        "team_name": texts([one.nickname for one in TEAMS], team),
        "team_city": texts([one.city for one in TEAMS], team),
        "team_tricode": texts([one.abbr for one in TEAMS], team),
        "team_slug": texts([one.slug for one in TEAMS], team),
        "person_id": pool.ids[player],
        "first_name": texts([first for first, _ in parts], player),
        "family_name": texts([family for _, family in parts], player),
        "name_i": texts([f"{first[0]}. {family}" for first, family in parts], player),
        "player_slug": texts(slugs, player),
        "position": texts([*POSITIONS, ""], position[order]),
        "comment": texts(comments, comment[order]),
        "jersey_num": "",
        "minutes": pa.array([f"{one // 60}:{one % 60:02d}" if one else "" for one in seconds.tolist()]),
        "field_goals_percentage": _share(lines["fgm"], lines["fga"], empty=0.0),
        "three_pointers_percentage": _share(lines["fg3m"], lines["fg3a"], empty=0.0),
        "free_throws_percentage": _share(lines["ftm"], lines["fta"], empty=0.0),
        "plus_minus_points": np.where(played, boxes.plus_minus[game, side, slot], 0).astype(np.float64),
        "season": season_label(batch.year),
        "source": SOURCE,
    }
    long_names = (
        "field_goals_made field_goals_attempted three_pointers_made three_pointers_attempted free_throws_made "
        "free_throws_attempted rebounds_offensive rebounds_defensive rebounds_total assists steals blocks turnovers "
        "fouls_personal points"
    )
    columns |= {name: lines[stat] for name, stat in zip(long_names.split(), STATS, strict=True)}
    return table("player_boxscores_v3", columns, len(game))


def shot_table(batch: GameBatch) -> Table:
    """One row per field-goal attempt, in order of game and time."""
    events, plays, spots = batch.events, batch.played.plays, batch.spots
    shot = np.flatnonzero((events.kind == MADE) | (events.kind == MISSED))
    play, game, side = events.play[shot], events.game[shot], events.side[shot]
    player = batch.rotation.players[game, side, events.slots[shot, 0]]
    team = batch.teams[game, side]
    made = plays.made[play] == 1
    three = plays.zone[play] >= CORNER
    digits = np.array([int(one) for one in batch.games.ids], np.int64)[game]
    number = events.number[shot]
    five = np.sort(batch.rotation.players[game[:, None], side[:, None], plays.five[play]], axis=1)
    id_texts = pa.array([str(one) for one in batch.pool.ids.tolist()])
    on_floor = [id_texts.take(pa.array(five[:, spot])) for spot in range(5)]
    abbr = [one.abbr for one in TEAMS]
    columns: dict[str, Any] = {
        "shot_id": digits * 10 ** np.floor(np.log10(number) + 1).astype(np.int64) + number,
        "game_id": texts(batch.games.ids, game),
        "game_event_id": number,
        "grid_type": "Shot Chart Detail",
        "player_id": batch.pool.ids[player],
        "player_name": texts(batch.pool.names, player),
        "team_id": TEAM_ID[team],
        "team_name": texts([one.name for one in TEAMS], team),
        "period": events.period[shot],
        "minutes_remaining": events.clock[shot] // 60,
        "seconds_remaining": events.clock[shot] % 60,
        "event_type": texts(["Missed Shot", "Made Shot"], made.astype(np.int64)),
        "action_type": texts([name for _, name, _ in ACTIONS], batch.shot_kind),
        "shot_type": texts(["2PT Field Goal", "3PT Field Goal"], three.astype(np.int64)),
        "shot_zone_basic": texts(ZONE_NAMES, spots.zone),
        "shot_zone_area": texts(AREA_NAMES, spots.area),
        "shot_zone_range": texts(RANGE_NAMES, spots.range),
        "shot_distance": spots.distance,
        "loc_x": spots.x,
        "loc_y": spots.y,
        "shot_attempted_flag": 1,
        "shot_made_flag": made.astype(np.int64),
        "game_date": batch.dates.take(pa.array(game)),
        "htm": texts(abbr, batch.games.home[game]),
        "vtm": texts(abbr, batch.games.away[game]),
        "players_on": pc.binary_join_element_wise("", *on_floor, "|"),
        # The service marks some misses as assisted too: a pass that would have counted.
        "assisted": np.where(made, plays.assist_by[play] >= 0, (number * 7 + play) % 97 == 0).astype(np.int64),
        "season_type": texts([_SHOT_SEASON[kind] for kind in batch.games.kinds], game),
        "is_three": three,
        "is_three_from": "pbp",
        "source": SOURCE,
    }
    return table("shots", columns, len(shot))
