"""What the parsers of the league's services share: result sets, typed values, seasons.

A value that is not what its column holds becomes NULL and is noted with the unmapped fields: one bad cell costs its
game, which a rule then holds back, and not the whole payload.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from backcourt.calendar import season_of_date, season_of_game, season_year
from backcourt.catalog.teams import TEAMS
from backcourt.errors import BackcourtError
from backcourt.sources.parsers.values import words
from backcourt.sources.season.files import Kind, SeasonFile
from backcourt.sources.source import About, Parsed, json_of, wrong_shape

CODES: Mapping[int, str] = {team.team_id: team.tricode for team in TEAMS}
"""Tricode by team id."""
_ANSWER = words("resource parameters resultSets meta")
_SET = words("name headers rowSet")
_LARGEST = 10**12
"""No id or count of the league comes near it, and sums of it fit into 64 bits."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.DOTALL)
_AMERICAN_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?", re.DOTALL)


def object_of(data: bytes, about: About) -> dict[str, Any]:
    """The JSON object that a payload is.

    Raises:
        InputFileError: If it is none.
    """
    found = json_of(data, about)
    if not isinstance(found, dict):
        raise wrong_shape(about, "it is no JSON object")
    return found


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
        raise wrong_shape(about, f"its list {name} holds something beside objects")
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


def typed(row: Mapping[str, Any], feed: SeasonFile, parsed: Parsed) -> dict[str, Any]:
    """A row with values of its feed's kinds; what does not fit becomes NULL and is noted.

    Args:
        row: The row; a column that it lacks is NULL.
        feed: Shape of the row.
        parsed: Where misfits are noted.
    """
    fitted: dict[str, Any] = {}
    for name, kind in feed.columns.items():
        value = row.get(name)
        fitted[name] = _fitted(value, kind)
        if value is not None and fitted[name] is None:
            parsed.unmapped.add(f"{name}: a value that is no {kind}")
    return fitted


def _fitted(value: object, kind: Kind) -> Any:  # noqa: ANN401 - a value of the kind
    if kind in {"text", "minutes"}:
        return text_of(value)
    if kind == "whole":
        return whole_of(value)
    if kind == "number":
        return number_of(value)
    if kind == "date":
        return day_of(value)
    if kind == "time":
        return value if isinstance(value, datetime) else None
    return value if isinstance(value, bool) else None


def text_of(value: object) -> str | None:
    """A text without the signs that no table can hold; a whole number counts as text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _LARGEST else None
    if not isinstance(value, str) or "\0" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def whole_of(value: object) -> int | None:
    """A whole number, also written as 12.0 or "12"; None for anything else."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    number = number_of(value)
    return int(number) if number is not None and number == int(number) else None


def number_of(value: object) -> float | None:
    """A finite number of a size that occurs; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return float(value) if math.isfinite(value) else None


def day_of(value: object) -> date | None:
    """A date, also the date of 2025-01-08T00:00:00 and of 01/08/2025; None for anything else."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if not isinstance(value, str):
        return None
    if match := _DAY.fullmatch(value):
        year, month, day = match.groups()
    elif match := _AMERICAN_DAY.fullmatch(value):
        month, day, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def season_for(game_id: object, day: date) -> str:
    """Season label of a game; of the date if the id says nothing."""
    try:
        return season_of_game(game_id if isinstance(game_id, str) else "")
    except BackcourtError:
        return season_of_date(day)


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


def is_guest_game(game_id: object, *team_ids: object) -> bool:
    """True for pre-season and All-Star games in which a side is none of the 30 teams: no table has room for those."""
    return str(game_id)[:3] in {"001", "003"} and not all(whole_of(team) in CODES for team in team_ids)
