"""Values of a payload as the types that a feed declares.

A loader cannot put a text into a column of numbers, and a value that is quietly turned into NULL is a value lost. So a
NULL stays NULL, for the rules to judge, and anything else must be what the feed says: ``Cells`` refuses the payload in
one line. Where a payload holds a whole season, ``backcourt.sources.parsers.nbac_common`` names the value instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backcourt.calendar import YEARS, season_label
from backcourt.errors import InputFileError
from backcourt.sources.feed import Kind
from backcourt.sources.source import About, wrong_shape

_LARGEST = 10**12
"""No number of a payload is larger; products and sums of such numbers fit into 64 bits."""
_WHOLE = re.compile(r"([+-]?[0-9]{1,12})(?:\.0{1,6})?")
_NO_TIME = re.compile(
    r"\s*(?:(?:DNP|DND|NWT)\b.*|N/?A|NONE|NULL|PT(?:0+(?:\.0+)?[HMS])*|[-\u2013\u2014]+|[0:.]*)\s*",
    re.IGNORECASE | re.DOTALL,
)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.DOTALL | re.ASCII)
_AMERICAN_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?", re.DOTALL | re.ASCII)
_WEST = timedelta(hours=8)
"""A league day ends when the last arena in the Pacific zone has closed, so UTC less eight hours tells the day."""


def league_day(moment: datetime) -> date:
    """The date under which the league lists a game that begins at a moment (UTC)."""
    return (moment - _WEST).date()


def words(text: str) -> frozenset[str]:
    """The words of a text: names of fields, written down as one line."""
    return frozenset(text.split())


def read_text(value: object) -> str | None:
    """A text without blanks around it, also of a whole number, and of 12.0 as "12.0"; None if nothing is left.

    Raises:
        ValueError: If it is another value, or has signs that no table can hold.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = read_whole(value)
    elif isinstance(value, float) and value.is_integer() and read_number(value) is not None:
        return str(value)
    elif value is not None and not isinstance(value, str):
        raise ValueError("no text")
    if value is None:
        return None
    plain = str(value).strip()
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        raise ValueError("not text that can be stored") from error
    if "\0" in plain:
        raise ValueError("not text that can be stored")
    return plain or None


def is_no_time(value: object) -> bool:
    """True if minutes are written as none: nothing, a dash, DNP, or a zero in whatever spelling.

    Args:
        value: Minutes as a payload has them.
    """
    return value is None or (not isinstance(value, bool) and _NO_TIME.fullmatch(str(value)) is not None)


def read_whole(value: object) -> int | None:
    """A whole number, also if it is written as text or as 12.0; None if there is nothing.

    Raises:
        ValueError: If it is another value, or too large.
    """
    if isinstance(value, str):
        plain = value.strip()
        if not plain:
            return None
        match = _WHOLE.fullmatch(plain)
        if match is None:
            raise ValueError("not a whole number")
        value = int(match[1])
    number = read_number(value)
    if number is not None and number != int(number):
        raise ValueError("not a whole number")
    return None if number is None else int(number)


def read_number(value: object) -> float | None:
    """A number, also if it is written as text; None if there is nothing.

    Raises:
        ValueError: If it is another value, infinite or too large.
    """
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            value = float(value)
        except ValueError as error:
            raise ValueError("no number") from error
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")  # noqa: TRY004 - what a payload holds is a value, whatever its type
    if not -_LARGEST < value < _LARGEST:
        raise ValueError("not a number that can be stored")
    return float(value)


def read_flag(value: object) -> bool | None:
    """True, false or None.

    Raises:
        ValueError: If it is another value.
    """
    if value is not None and not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def read_day(value: object) -> date | None:
    """A date, also that of 2025-01-08T00:00:00 and of 01/08/2025; None if there is nothing.

    Raises:
        ValueError: If it is another value.
    """
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    plain = read_text(value) if value is None or isinstance(value, str) else ""
    if plain is None:
        return None
    if match := _DAY.fullmatch(plain):
        year, month, day = match.groups()
    elif match := _AMERICAN_DAY.fullmatch(plain):
        month, day, year = match.groups()
    else:
        raise ValueError("no date")
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise ValueError("no date") from error


def read_moment(value: object) -> datetime | None:
    """A time with its zone (2024-01-25T03:20:30Z) as UTC; None if there is nothing.

    Raises:
        ValueError: If it is another value.
    """
    if isinstance(value, datetime):
        return value
    plain = read_text(value) if value is None or isinstance(value, str) else ""
    if plain is None:
        return None
    try:
        found = datetime.fromisoformat(plain)
        # The year of a time near the ends of the calendar cannot be moved into another zone.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("no time") from error


READERS: Mapping[Kind, Callable[[object], Any]] = {
    "text": read_text,
    "whole": read_whole,
    "number": read_number,
    "minutes": read_text,
    "flag": read_flag,
    "date": read_day,
    "time": read_moment,
}
"""What reads a value as each kind."""


class Cells:
    """Reads values of one payload.

    Attributes:
        about: The payload, for messages.
    """

    def __init__(self, about: About) -> None:
        """Keep what the messages need."""
        self.about = about

    def record(self, value: object, where: str) -> dict[str, Any]:
        """A JSON object.

        Raises:
            InputFileError: If it is not one.
        """
        if not isinstance(value, dict):
            raise self.wrong(value, where, "no object")
        return value

    def array(self, value: object, where: str) -> list[Any]:
        """A JSON list.

        Raises:
            InputFileError: If it is not one.
        """
        if not isinstance(value, list):
            raise self.wrong(value, where, "no list")
        return value

    def records(self, value: object, where: str) -> list[dict[str, Any]]:
        """A list of JSON objects.

        Raises:
            InputFileError: If it is not one.
        """
        return [self.record(entry, f"{where}[{place}]") for place, entry in enumerate(self.array(value, where))]

    def text(self, value: object, where: str) -> str | None:
        """As ``read_text``.

        Raises:
            InputFileError: If it is not text.
        """
        found: str | None = self._read("text", value, where)
        return found

    def whole(self, value: object, where: str) -> int | None:
        """As ``read_whole``.

        Raises:
            InputFileError: If it is not a whole number.
        """
        found: int | None = self._read("whole", value, where)
        return found

    def number(self, value: object, where: str) -> float | None:
        """As ``read_number``.

        Raises:
            InputFileError: If it is not a number.
        """
        found: float | None = self._read("number", value, where)
        return found

    def flag(self, value: object, where: str) -> bool | None:
        """As ``read_flag``.

        Raises:
            InputFileError: If it is neither true nor false.
        """
        found: bool | None = self._read("flag", value, where)
        return found

    def day(self, value: object, where: str) -> date | None:
        """As ``read_day``.

        Raises:
            InputFileError: If it is not a date.
        """
        found: date | None = self._read("date", value, where)
        return found

    def moment(self, value: object, where: str) -> datetime | None:
        """As ``read_moment``.

        Raises:
            InputFileError: If it is not a time.
        """
        found: datetime | None = self._read("time", value, where)
        return found

    def _read(self, kind: Kind, value: object, where: str) -> Any:  # noqa: ANN401 - a value of the kind
        try:
            return READERS[kind](value)
        except ValueError as error:
            raise self.wrong(value, where, str(error)) from error

    def game_day(self, value: object, where: str) -> date | None:
        """The league's day of a game that begins at a time, or None.

        Raises:
            InputFileError: If it is not a time, or one at the very beginning of the calendar.
        """
        moment = self.moment(value, where)
        try:
            return league_day(moment) if moment else None
        except OverflowError as error:
            raise self.wrong(value, where, "not the time of a game") from error

    def season(self, value: object, where: str, day: date | None = None) -> str:
        """The label of a season from its first year; without one that of the payload's game, or else of the date.

        Args:
            value: The year, as the payload has it.
            where: Its place.
            day: Date of the row; None if it is the payload's.

        Raises:
            InputFileError: If the year is not one of a season.
        """
        year = self.whole(value, where)
        if year is None:
            year = self.about.season_year(day)
        if year not in YEARS:
            raise self.wrong(value if value is not None else str(day), where, "no season")
        return season_label(year)

    def pages(self, payload: object, name: str) -> list[tuple[str, dict[str, Any]]]:
        """The answers that a payload holds, each with its place: one, or the pages of one kept together as a list.

        Args:
            payload: The JSON.
            name: Name of the list that each answer has.

        Raises:
            InputFileError: If there is no answer, or one lacks it.
        """
        found = payload if isinstance(payload, list) else [payload]
        if not found:
            raise wrong_shape(self.about, "it is an empty list")
        for page in found:
            if not isinstance(page, dict) or not isinstance(page.get(name), list):
                raise wrong_shape(self.about, f"it has no list {name}")
        return [(f"page {number}: " if len(found) > 1 else "", page) for number, page in enumerate(found, start=1)]

    def row(self, raw: Mapping[str, object], columns: Mapping[str, Kind], where: str) -> dict[str, Any]:
        """A row of the declared kinds; a column that the record lacks is None.

        Raises:
            InputFileError: If a value is of another kind.
        """
        return {name: self._read(kind, raw.get(name), f"{where}.{name}") for name, kind in columns.items()}

    def wrong(self, value: object, where: str, what: str) -> InputFileError:
        """The error for a value that cannot be used."""
        try:
            shown = ascii(value)[:60] if not isinstance(value, list | dict) else type(value).__name__
        except ValueError:  # Python does not print integers of thousands of digits.
            shown = "a huge number"
        return wrong_shape(self.about, f"{where} is {shown}, {what}")
