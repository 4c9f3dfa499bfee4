"""SQL in files, and the facts that several modules read: each is a SELECT in ``views/NAME.sql``, in BigQuery's dialect.

The views say what a game date, a side, an appearance and an opening day are, which games count, and what was known
before a tip-off. Where a view reads dated tables it takes the range of dates, so that partitions are pruned.

A package keeps its statements in ``sql/NAME.sql`` and reads them with ``SqlFiles``. A file holds one statement, or one
part of a statement. ``{name}`` in a file is, in this order:

1. the part of that name that the caller gives, such as a table of the catalog or another statement,
2. the package's part of that name, which is a file or was given with the package,
3. a view, or one of ``DEFAULTS``.

``{all name}`` is the view with every date, whatever the range is. A part stands where a table, a column or an
expression may stand, so that a file can be parsed without its parts: sqlfluff reads ``{name}`` as ``name``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from backcourt import calendar

_NAME = re.compile(r"\{(all )?([a-z_]+)\}")
_ENDING = ".sql"


def _listed(types: Collection[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in types) + ")"


UTC_OF_EASTERN = """TIMESTAMP_ADD(TIMESTAMP(eastern_day), INTERVAL eastern_minutes + IF(
  DATE(TIMESTAMP_ADD(TIMESTAMP(DATE_ADD(eastern_day, INTERVAL 1 DAY)), INTERVAL 4 HOUR), 'America/New_York')
  > eastern_day, 240, 300) MINUTE)"""
"""SQL (BigQuery): the moment that is some minutes after midnight of a day by New York's clock, from two columns.

Whether summer time is in force is asked of the end of the day: it changes at two in the morning, before any game."""
COUNTED_TYPES = _listed(calendar.SEASON_TYPES)
"""Season types whose dates are computed, as an SQL list."""
WINDOW_TYPES = _listed(calendar.WINDOW_TYPES)
"""Those of them that count in windows, as an SQL list."""
IN_RANGE = "BETWEEN @start_date AND @end_date"
"""Condition on the dates of a range."""
ANY_DATE = "IS NOT NULL"
LEDGER = "nba_processing.backfill_ledger"
"""The ledger's table: what was computed, for which date, from which input."""
ALL_TO_COME = 1_000
"""More dates to come than a season has, for @ahead."""
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "utc_of_eastern": UTC_OF_EASTERN,
        "counted_types": COUNTED_TYPES,
        "window_types": WINDOW_TYPES,
        "within": ANY_DATE,
        "start": "@start_date",
        "end": "@end_date",
    }
)
"""Parts that every file may name; a caller may give others: the condition on dates, the first and the last one."""


def season_of(alias: str) -> str:
    """SQL text of the season's label of a row with a season_year: 2021 is "2021-22"."""
    year = f"{alias}.season_year"
    return f"CONCAT(FORMAT('%d', {year}), '-', LPAD(FORMAT('%d', MOD({year} + 1, 100)), 2, '0'))"


class SqlFiles:
    """The SQL files of a package.

    ::

        _SQL = SqlFiles("backcourt.integrity")
        session.query(_SQL("unfinished", dates="nba_staging.dates"), parameters)  # integrity/sql/unfinished.sql
    """

    def __init__(self, package: str, *folders: str, parts: Mapping[str, str] | None = None) -> None:
        """Name the folders; nothing is read yet.

        Args:
            package: Full name of the package.
            folders: Its folders with SQL files, no name twice in them; ``sql`` if none is given, "" for the package's.
            parts: Parts that all its files may name, by name.
        """
        self._package = package
        self._folders = folders or ("sql",)
        self._parts = parts or {}
        self._texts: dict[str, str] = {}

    @cached_property
    def _files(self) -> dict[str, Traversable]:
        room = resources.files(self._package)
        found = [file for folder in self._folders for file in (room / folder).iterdir() if file.name.endswith(_ENDING)]
        return {file.name.removesuffix(_ENDING): file for file in sorted(found, key=lambda file: file.name)}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files, in order, without the extension."""
        return tuple(self._files)

    def text(self, name: str) -> str:
        """A file as it stands."""
        if name not in self._texts:
            self._texts[name] = self._files[name].read_text(encoding="utf-8")
        return self._texts[name]

    def __call__(self, name: str, /, within: str = ANY_DATE, named: Collection[str] = (), **parts: str) -> str:
        """The SQL of a file, with its parts filled in.

        Args:
            name: Name of the file without the extension.
            within: What the dates are, such as ``IN_RANGE``, so that only those partitions are read.
            named: Views to put into a subquery under their own name, which shows what is read of them.
            parts: Other parts, by name; taken as they are.

        Raises:
            ValueError: If a part is unknown, or nothing uses one that is given.
        """
        used: set[str] = set()
        text = self._filled(name, within, named, parts, used)
        if unused := parts.keys() - used - DEFAULTS.keys():
            raise ValueError(f"{self._package}: nothing in {name}{_ENDING} uses {', '.join(sorted(unused))}")
        return text

    def _filled(self, name: str, within: str, named: Collection[str], parts: Mapping[str, str], used: set[str]) -> str:
        given = {**DEFAULTS, **self._parts, "within": within, **parts}

        def fill(found: re.Match[str]) -> str:
            every, part = found.groups()
            used.add(part)
            if part in given:
                return given[part]
            files = next((files for files in (self, view) if part in files._files), None)  # noqa: SLF001
            if files is None:
                raise ValueError(f"{self._package}: {name}{_ENDING} names {found[0]}, neither given nor a file")
            inner = files._filled(part, ANY_DATE if every else within, named, parts, used)  # noqa: SLF001
            return f"SELECT * FROM (\n{inner}) AS {part}" if part in named else f"\n{inner}"

        return _NAME.sub(fill, self.text(name))


view = SqlFiles("backcourt.catalog", "views")
"""The SELECT of a view."""
