"""The officials of a date's games. Those of other leagues and of the replay centre belong to no game of the table."""

from __future__ import annotations

from typing import Any

from backcourt.sources.feed import Feed, kinds
from backcourt.sources.parsers.nbac_common import (
    day_of,
    left_out,
    no_other_league,
    object_in,
    object_of,
    records_of,
    text_of,
    typed,
)
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, take, wrong_shape

FEED = Feed(
    "referees",
    "nba_raw.nbac_referee",
    kinds(
        text="game_id season home_abbreviation away_abbreviation official_name jersey_number",
        whole="official_number official_code",
        date="game_date",
        time="received",
    ),
)
"""One official of one game; received decides if two payloads name a game's crew."""
_LEAGUES = frozenset({"nba", "gl", "wnba"})
_PARTS = frozenset({"Table", "Table1"})
_FIELDS = {
    "game_id": "game_id",
    "game_date": "game_date",
    "home_team_abbr": "home_abbreviation",
    "away_team_abbr": "away_abbreviation",
    "home_team_id": "home",
    "away_team_id": "away",
}
_OFFICIAL = {"": "official_name", "_code": "official_code", "_JNum": "jersey_number"}
_PLACES = range(1, 5)
_IGNORED = words("season game_code home_team away_team") | {
    f"official{place}{suffix}" for place in _PLACES for suffix in _OFFICIAL
}


def parse(data: bytes, about: About) -> Parsed:
    """The officials of every game of a date, one row each; an empty place of a crew makes none.

    Args:
        data: The payload.
        about: Where it came from; its day is the date of the games.

    Raises:
        InputFileError: If it is not JSON, has no such table, or has games of another date.
    """
    payload, parsed = object_of(data, about), Parsed()
    parsed.known(payload, _LEAGUES)
    league = object_in(payload, "nba", about)
    parsed.known(league, _PARTS, "nba.")
    table = object_in(league, "Table", about)
    parsed.known(table, {"rows", "columns"}, "nba.Table.")
    for record in records_of(table, "rows", about):
        game = take(record, _FIELDS, _IGNORED, parsed, "nba.Table.")
        played = day_of(game["game_date"])
        if played != about.day:
            raise wrong_shape(about, f"it has a game of {played or 'no date'}, not only of {about.day}")
        if left_out(parsed, game["game_id"], game["home"], game["away"]):
            continue
        game |= {"season": about.season(game_id=game["game_id"]), "received": about.received}
        for place in _PLACES:
            official = _official(record, place)
            if official:
                parsed.rows.append(typed(game | official, FEED, parsed))
    no_other_league(parsed, about)
    return parsed


def _official(record: dict[str, Any], place: int) -> dict[str, Any]:
    """Name, id and jersey of a place in the crew; nothing if it is empty."""
    found = {new: record.get(f"official{place}{suffix}") for suffix, new in _OFFICIAL.items()}
    name = text_of(found["official_name"])
    if all(value is None or value == "" for value in found.values()):
        return {}
    return found | {"official_number": place, "official_name": name.strip() if name is not None else None}
