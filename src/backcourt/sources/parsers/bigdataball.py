"""BigDataBall's play-by-play: a CSV file with one line per event and ten men on the court in each.

Two formats are known: the first names players, the later one writes an id before the name (1626167/Myles Turner), has
more columns, and tells who enters and who leaves in lines of their own. Only the first has been seen.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from backcourt.calendar import is_game_id, season_of_game, with_its_zeros
from backcourt.catalog.teams import source_code_of
from backcourt.names.normalise import player_lookup
from backcourt.sources.feed import kinds
from backcourt.sources.parsers.values import Cells, words
from backcourt.sources.source import About, Parsed, json_of, take, wrong_shape

EVENTS = kinds(
    text="season game_id remaining_time event_type event_subtype player_1_lookup player_1_side player_1_team "
    "player_2_lookup player_2_role shot_type description landed_from",
    whole="event_sequence period shot_distance points_scored home_score away_score",
    number="original_x original_y",
    flag="is_made",
    date="game_date",
)
"""Columns of the feed of events."""

_MAPPED = {
    "play_id": "event_sequence",
    "period": "period",
    "remaining_time": "remaining_time",
    "event_type": "event_type",
    "type": "event_subtype",
    "shot_distance": "shot_distance",
    "points": "points_scored",
    "original_x": "original_x",
    "original_y": "original_y",
    "home_score": "home_score",
    "away_score": "away_score",
    "description": "description",
}
_SIDES = {"away": ("a1", "a2", "a3", "a4", "a5"), "home": ("h1", "h2", "h3", "h4", "h5")}
_READ = words("game_id date team player result assist block steal opponent entered home away")
_IGNORED = words(
    "data_set elapsed play_length left num outof possession reason converted_x converted_y home_team away_team "
    "team_possession time_actual qualifiers1 qualifiers2 qualifiers3 qualifiers4 area area_detail official_id"
)
"""Derived from other columns, or without a column of the table: who got the tip, why a foul was called."""
_HELPERS = {"assist": "assist", "block": "block", "steal": "steal", "opponent": "other", "entered": "other"}
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LIST = words("kind incompleteSearch nextPageToken files")
_FILE = words("kind id name mimeType modifiedTime size")
_FILE_NAME = re.compile(r"\[\d{4}-\d{2}-\d{2}\]-(00[1-6]\d{7})-[A-Z]{2,3}@[A-Z]{2,3}\.csv", re.ASCII)
_FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_PERSON = re.compile(r"\d+/")
_SHOTS = frozenset({"shot", "miss"})
_FREE = "free throw"
_THREE = 3


def parse_files(data: bytes, about: About) -> Parsed:
    """The files of a date in the folder that is shared with subscribers: under which id a game's file is asked for.

    Args:
        data: The list, as the Drive service answers.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON of that shape.
    """
    cells, parsed = Cells(about), Parsed()
    payload = cells.record(json_of(data, about), "the answer")
    parsed.known(payload, _LIST)
    for place, file in enumerate(cells.records(payload.get("files"), "files")):
        parsed.known(file, _FILE, "files.")
        name = cells.text(file.get("name"), f"files[{place}].name") or ""
        file_id = cells.text(file.get("id"), f"files[{place}].id") or ""
        # The id becomes a part of an address.
        if (game := _FILE_NAME.fullmatch(name)) and _FILE_ID.fullmatch(file_id):
            parsed.rows.append({"game_id": game[1], "file_id": file_id})
    return parsed


def parse(data: bytes, about: About) -> Parsed:
    """The events of one or more games.

    Args:
        data: The file.
        about: Where it came from.

    Raises:
        InputFileError: If it is not a CSV file with those columns or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    for where, line in _lines(data, cells, parsed):
        given = (line["game_id"] or "").strip().strip('="')
        # The source's own files have no zeros before the id.
        game = with_its_zeros(given) or given
        if not is_game_id(game):
            raise cells.wrong(line["game_id"], f"{where}.game_id", "no game id")
        raw = take(line, _MAPPED, line.keys(), parsed)
        raw |= _shot(line)
        raw |= _people(line)
        raw |= {
            "game_id": game,
            "season": season_of_game(game),
            "game_date": _AMERICAN.sub(lambda found: f"{found[3]}-{found[1]:0>2}-{found[2]:0>2}", line["date"] or ""),
            # The source leaves a few events without a type, whose subtype is "unknown".
            "event_type": (line["event_type"] or "").strip() or line["type"],
        }
        parsed.rows.append(cells.row(raw, EVENTS, where))
    if not parsed.rows:
        raise wrong_shape(about, "it has no event")
    return parsed


def _lines(data: bytes, cells: Cells, parsed: Parsed) -> Iterator[tuple[str, dict[str, str | None]]]:
    """The lines as records, each with its place in the file."""
    needed = _MAPPED.keys() | _READ | {name for side in _SIDES.values() for name in side}
    try:
        # A spreadsheet may have put a mark before the first name.
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        names = next(reader, [])
        missing = sorted(needed - set(names))
        if missing:
            raise wrong_shape(cells.about, f"it has no column {', '.join(missing[:3])}")
        parsed.known(names, needed | _IGNORED)
        for values in reader:
            where = f"line {reader.line_num}"
            if len(values) != len(names):
                raise wrong_shape(cells.about, f"{where} has {len(values)} values for {len(names)} columns")
            yield where, dict(zip(names, values, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise wrong_shape(cells.about, f"it is not a CSV file: {str(error)[:80]!a}") from error


def _shot(line: dict[str, str | None]) -> dict[str, Any]:
    """Kind and outcome of a shot or free throw; NULL for other events."""
    event, result = (line["event_type"] or "").strip(), (line["result"] or "").strip()
    if event not in _SHOTS and event != _FREE:
        return {"shot_type": None, "is_made": None}
    three = "3pt" in (line["type"] or "") or (line["points"] or "").strip() == str(_THREE)
    return {
        "shot_type": "FT" if event == _FREE else "3PT" if three else "2PT",
        "is_made": {"made": True, "missed": False}.get(result),
    }


def _people(line: dict[str, str | None]) -> dict[str, Any]:
    """Who acted, for which side, and who helped.

    The team of an event is that of its main actor, except at a jump ball, where it is that of the tip: there the men on
    the court tell his side.
    """
    actor = _name(line["player"])
    court = {side: {_name(line[place]) for place in places} for side, places in _SIDES.items()}
    side = next((side for side, men in court.items() if actor and actor in men), None)
    helper, role = next(((_name(line[name]), role) for name, role in _HELPERS.items() if line[name]), ("", None))
    home, away = _name(line["home"]), _name(line["away"])
    if not helper and home and away:
        helper, role = home if actor == away else away, "other"
    if helper == actor:
        helper, role = "", None
    return {
        "player_1_lookup": player_lookup(actor) or None,
        "player_1_side": side,
        "player_1_team": source_code_of(line["team"] or "") or None,
        "player_2_lookup": player_lookup(helper) or None,
        "player_2_role": role,
    }


def _name(value: str | None) -> str:
    """A player's name without the id that may stand before it."""
    return _PERSON.sub("", (value or "").strip(), count=1)
