"""What the parsers of the league's services share: result sets, typed values, seasons.

A value that is not what its column holds becomes NULL and is noted as a change: one bad cell costs its
game, which a rule then holds back, and not the whole payload.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from backcourt.calendar import season_year
from backcourt.catalog.teams import TEAMS
from backcourt.errors import BackcourtError
from backcourt.sources.feed import Feed
from backcourt.sources.parsers.values import READERS, read_day, read_moment, read_text, read_whole, words
from backcourt.sources.source import About, Parsed, json_of, wrong_shape

_T = TypeVar("_T")

CODES: Mapping[int, str] = {team.team_id: team.tricode for team in TEAMS}
"""Tricode by team id."""
_ANSWER = words("resource parameters resultSets meta")
_SET = words("name headers rowSet")


def object_of(data: bytes, about: About) -> dict[str, Any]:
    """The JSON object that a payload is.

    Raises:
        InputFileError: If it is not one.
    """
    found = json_of(data, about)
    if not isinstance(found, dict):
        raise wrong_shape(about, "it is not a JSON object")
    return found


def made_at(payload: Mapping[str, Any], parsed: Parsed) -> None:
    """Note when a payload says that it was made."""
    meta = payload.get("meta")
    try:
        parsed.said = read_moment(meta.get("time")) if isinstance(meta, dict) else None
    except ValueError:
        parsed.said = None


def object_in(record: Mapping[str, Any], name: str, about: About) -> dict[str, Any]:
    """The object under a name.

    Raises:
        InputFileError: If there is none.
    """
    found = record.get(name)
    if not isinstance(found, dict):
        raise wrong_shape(about, f"it has no object {name}")
    return found


def list_of(record: Mapping[str, Any], name: str, about: About) -> list[Any]:
    """The list under a name.

    Raises:
        InputFileError: If there is none.
    """
    found = record.get(name)
    if not isinstance(found, list):
        raise wrong_shape(about, f"it has no list {name}")
    return found


def records_of(record: Mapping[str, Any], name: str, about: About) -> list[dict[str, Any]]:
    """The list of objects under a name.

    Raises:
        InputFileError: If there is none, or it holds anything else.
    """
    found = list_of(record, name, about)
    if not all(isinstance(entry, dict) for entry in found):
        raise wrong_shape(about, f"its list {name} holds something other than objects")
    return found


def result_set(
    payload: Mapping[str, Any],
    name: str,
    needed: Collection[str],
    about: About,
    parsed: Parsed,
    others: Collection[str],
) -> list[dict[str, Any]]:
    """The lines of a result set, each with its headers.

    Args:
        payload: The whole payload.
        name: Name of the result set.
        needed: Headers that it must have.
        about: Where the payload came from.
        parsed: Where unknown result sets are noted.
        others: Names of the result sets that are left out on purpose, or read by another call.

    Raises:
        InputFileError: If there is none, a header is missing, or a line has another length than the headers.
    """
    parsed.known(payload, _ANSWER)
    asked = payload.get("parameters")
    parsed.asked = asked if isinstance(asked, dict) else {}
    sets = records_of(payload, "resultSets", about)
    names = [str(entry.get("name"))[:40] for entry in sets]
    parsed.known(names, {name, *others}, "resultSets.")
    if names.count(name) != 1:
        raise wrong_shape(about, f"it has {names.count(name)} result sets {name}, not one")
    entry = sets[names.index(name)]
    parsed.known(entry, _SET, f"{name}.")
    headers = list_of(entry, "headers", about)
    missing = [header for header in needed if header not in headers]
    if missing or not all(isinstance(header, str) for header in headers) or len(set(headers)) < len(headers):
        raise wrong_shape(
            about, f"the headers of {name} are not as expected: {', '.join(missing) or 'not distinct texts'}"
        )
    lines = list_of(entry, "rowSet", about)
    if not all(isinstance(line, list) and len(line) == len(headers) for line in lines):
        raise wrong_shape(about, f"a line of {name} has another length than its headers")
    return [dict(zip(headers, line, strict=True)) for line in lines]


def typed(row: Mapping[str, Any], feed: Feed, parsed: Parsed) -> dict[str, Any]:
    """A row with values of its feed's kinds; what does not fit becomes NULL and is noted.

    Args:
        row: The row; a column that it lacks is NULL.
        feed: Shape of the row.
        parsed: Where misfits are noted.
    """
    fitted: dict[str, Any] = {}
    for name, kind in feed.columns.items():
        try:
            fitted[name] = READERS[kind](row.get(name))
        except ValueError:
            fitted[name] = None
            parsed.changed.add(f"{name}: a value that is not of kind {kind}")
    return fitted


def text_of(value: object) -> str | None:
    """A text, also of a whole number; None for anything else."""
    return _lenient(read_text, value)


def whole_of(value: object) -> int | None:
    """A whole number, also written as text; None for anything else."""
    return _lenient(read_whole, value)


def day_of(value: object) -> date | None:
    """A date; None for anything else."""
    return _lenient(read_day, value)


def _lenient(read: Callable[[object], _T | None], value: object) -> _T | None:
    try:
        return read(value)
    except ValueError:
        return None


def season_of_payload(label: object, about: About) -> str:
    """The season that a payload says it is of.

    Raises:
        InputFileError: If it names none, or another than the payload's key does.
    """
    text = text_of(label) or ""
    try:
        season_year(text)
    except BackcourtError as error:
        raise wrong_shape(about, f"it names no season ({text[:20]!r})") from error
    try:
        season_year(about.key)
    except BackcourtError:
        return text
    if text != about.key:
        raise wrong_shape(about, f"it is of season {text}, not {about.key}")
    return text


GUESTS = "exhibition games with a side that is not one of the 30 teams"
OTHER_LEAGUES = "games of other leagues"
UNKNOWN_SIDES = "planned games whose teams are not known yet"
_EXHIBITIONS = frozenset({"001", "003"})
_OTHER_LEAGUE = re.compile(r"(?!00)\d{2}\d{8}", re.ASCII)


def left_out(parsed: Parsed, game_id: object, *team_ids: object) -> bool:
    """True for a game for which no table has room, which is noted then.

    That is one of pre-season or All-Star weekend in which a side is not one of the 30 teams, and one of another league:
    the first two digits of a game's id are 00 for the NBA, 10 for the WNBA, 20 for the G League, 13 to 16 for summer
    leagues.

    Args:
        parsed: Where it is noted.
        game_id: The game.
        team_ids: The NBA's ids of its sides.
    """
    plain = text_of(game_id) or ""
    if _OTHER_LEAGUE.fullmatch(plain):
        parsed.leave_out(OTHER_LEAGUES, plain)
    elif plain[:3] in _EXHIBITIONS and not all(whole_of(team) in CODES for team in team_ids):
        parsed.leave_out(GUESTS, plain)
    else:
        return False
    return True


def no_other_league(parsed: Parsed, about: About) -> None:
    """Refuse a payload all of whose games are another league's.

    Raises:
        InputFileError: If it is one.
    """
    if not parsed.rows and parsed.left_out.keys() == {OTHER_LEAGUES}:
        first = parsed.left_out[OTHER_LEAGUES][0]
        raise wrong_shape(about, f"all of its games are of another league, such as {first}")
