"""Values of a payload as the types that a feed declares; what is of another type refuses the payload in one line.

A loader cannot put a text into a column of numbers, and a value that is quietly turned into NULL is a value lost. So a
NULL stays NULL, for the rules to judge, and anything else must be what the feed says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backcourt.calendar import season_label, season_of_date
from backcourt.errors import InputFileError
from backcourt.sources.season.files import Kind
from backcourt.sources.source import About, wrong_shape

_LARGEST = 10**12
"""No number of a payload is larger; products and sums of such numbers fit into 64 bits."""
_WHOLE = re.compile(r"([+-]?[0-9]{1,12})(?:\.0{1,6})?")
_FIRST_YEAR, _LAST_YEAR = 1946, 2100
_WEST = timedelta(hours=8)
"""A league day ends when the last arena in the Pacific zone has closed, so UTC less eight hours tells the day."""


def league_day(moment: datetime) -> date:
    """The date under which the league lists a game that begins at a moment (UTC)."""
    return (moment - _WEST).date()


def words(text: str) -> frozenset[str]:
    """The words of a text: names of fields, written down as one line."""
    return frozenset(text.split())


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
            InputFileError: If it is none.
        """
        if not isinstance(value, dict):
            raise self.wrong(value, where, "no object")
        return value

    def array(self, value: object, where: str) -> list[Any]:
        """A JSON list.

        Raises:
            InputFileError: If it is none.
        """
        if not isinstance(value, list):
            raise self.wrong(value, where, "no list")
        return value

    def records(self, value: object, where: str) -> list[dict[str, Any]]:
        """A list of JSON objects.

        Raises:
            InputFileError: If it is none.
        """
        return [self.record(entry, f"{where}[{place}]") for place, entry in enumerate(self.array(value, where))]

    def text(self, value: object, where: str) -> str | None:
        """A text without blanks around it; None if nothing is left.

        Raises:
            InputFileError: If it is neither a text nor a whole number.
        """
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = self.whole(value, where)
        elif not isinstance(value, str):
            raise self.wrong(value, where, "no text")
        plain = str(value).strip()
        try:
            plain.encode()
        except UnicodeEncodeError as error:
            raise self.wrong(plain, where, "no text that can be stored") from error
        return plain or None

    def whole(self, value: object, where: str) -> int | None:
        """A whole number, also if it is written as text; None if there is nothing.

        Raises:
            InputFileError: If it is another value, or too large.
        """
        if value is None:
            return None
        if isinstance(value, str):
            plain = value.strip()
            if not plain:
                return None
            match = _WHOLE.fullmatch(plain)
            if match is None:
                raise self.wrong(value, where, "no whole number")
            value = int(match[1])
        number = self.number(value, where)
        if number is None or number != int(number):
            raise self.wrong(value, where, "no whole number")
        return int(number)

    def number(self, value: object, where: str) -> float | None:
        """A number, also if it is written as text; None if there is nothing.

        Raises:
            InputFileError: If it is another value, infinite or too large.
        """
        if isinstance(value, str):
            try:
                value = float(value) if value.strip() else None
            except ValueError as error:
                raise self.wrong(value, where, "no number") from error
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(value, where, "no number")
        if not -_LARGEST < value < _LARGEST:
            raise self.wrong(value, where, "no number that can be stored")
        return float(value)

    def flag(self, value: object, where: str) -> bool | None:
        """True, false or None.

        Raises:
            InputFileError: If it is another value.
        """
        if value is not None and not isinstance(value, bool):
            raise self.wrong(value, where, "neither true nor false")
        return value

    def day(self, value: object, where: str) -> date | None:
        """A date from the first ten characters of a text (YYYY-MM-DD), or None.

        Raises:
            InputFileError: If it is another value.
        """
        if isinstance(value, date):
            return value
        plain = self.text(value, where)
        if plain is None:
            return None
        try:
            return date.fromisoformat(plain[:10])
        except ValueError as error:
            raise self.wrong(value, where, "no date") from error

    def moment(self, value: object, where: str) -> datetime | None:
        """A time with its zone (2024-01-25T03:20:30Z) as UTC, or None.

        Raises:
            InputFileError: If it is another value.
        """
        if isinstance(value, datetime):
            return value
        plain = self.text(value, where)
        if plain is None:
            return None
        try:
            found = datetime.fromisoformat(plain)
            # The year of a time near the ends of the calendar cannot be moved into another zone.
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wrong(value, where, "no time") from error

    def game_day(self, value: object, where: str) -> date | None:
        """The league's day of a game that begins at a time, or None.

        Raises:
            InputFileError: If it is no time, or one at the very beginning of the calendar.
        """
        moment = self.moment(value, where)
        try:
            return league_day(moment) if moment else None
        except OverflowError as error:
            raise self.wrong(value, where, "no time of a game") from error

    def season(self, value: object, where: str, day: date | None = None) -> str:
        """The label of a season from its first year; without one the season of the date, or of the payload's.

        Raises:
            InputFileError: If the year is no season's.
        """
        year = self.whole(value, where)
        if year is None:
            label = season_of_date(day or self.about.day)
            year = int(label[:4])
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
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
        readers: Mapping[Kind, Callable[[object, str], Any]] = {
            "text": self.text,
            "whole": self.whole,
            "number": self.number,
            "minutes": self.text,
            "flag": self.flag,
            "date": self.day,
            "time": self.moment,
        }
        return {name: readers[kind](raw.get(name), f"{where}.{name}") for name, kind in columns.items()}

    def wrong(self, value: object, where: str, what: str) -> InputFileError:
        """The error for a value that cannot be used."""
        try:
            shown = ascii(value)[:60] if not isinstance(value, list | dict) else type(value).__name__
        except ValueError:  # Python does not print integers of thousands of digits.
            shown = "a huge number"
        return wrong_shape(self.about, f"{where} is {shown}, {what}")
