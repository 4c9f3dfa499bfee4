"""Which layout a table is of, by its columns; and which season the name of its file says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from backcourt.calendar import YEARS, season_label
from backcourt.errors import InputFileError
from backcourt.sources.layouts.layout import Layout
from backcourt.sources.layouts.read import Opened

_LABEL = re.compile(r"(?<!\d)(\d{4})[-_](\d{2})(?!\d)", re.ASCII)
_YEAR = re.compile(r"_(\d{4})(?=[._]|$)", re.ASCII)
_ALMOST = 0.6
"""Share of a layout's columns from which on a table that lacks one is taken for a damaged one of it."""
_WIDE = 12
"""Columns of a layout from which on a resemblance means anything."""


@dataclass(frozen=True, slots=True)
class Match:
    """A table and its layout.

    Attributes:
        opened: The table.
        layout: Its layout.
        columns: SQL name of each column that the layout uses, by the name that the layout gives it.
        unknown: Columns that the layout does not know.
        year: First year of the season that the name of the file says; None if it says none.
    """

    opened: Opened
    layout: Layout
    columns: Mapping[str, str]
    unknown: tuple[str, ...]
    year: int | None

    def column(self, name: str) -> str:
        """A column as the file spells it."""
        return self.opened.columns[int(self.columns[name][1:])] if name in self.columns else name


def recognise(opened: Opened, layouts: Iterable[Layout]) -> Match | None:
    """The layout of a table; None if it resembles none.

    Raises:
        InputFileError: If it resembles one and lacks a column of it, or has a column twice.
    """
    found: dict[str, int] = {}
    for place, name in enumerate(opened.columns):
        found.setdefault(_plain(name), place)
    fits = [
        layout
        for layout in layouts
        if layout.columns
        and not {_plain(name) for name in layout.without} & found.keys()
        and fnmatch(opened.name, layout.pattern or "*")
    ]
    whole = [layout for layout in fits if all(_plain(name) in found for name in layout.needed)]
    if whole:
        # The folder's play-by-play has the very columns of the older service's.
        best = max(whole, key=lambda layout: (layout.pattern is not None, len(layout.needed), _by_name(layout, opened)))
        return _match(opened, best, found)
    _refuse_if_almost(opened, fits, found)
    return None


def _by_name(layout: Layout, opened: Opened) -> int:
    """How well the name of a file speaks for a layout that its columns allow."""
    if layout.of_folder:
        return 2 if layout.file_name == opened.name else 0
    return 1


def _match(opened: Opened, layout: Layout, found: Mapping[str, int]) -> Match:
    used = {name: f"c{found[_plain(name)]}" for name in layout.used if _plain(name) in found}
    twice = [name for name in used if sum(_plain(name) == _plain(other) for other in opened.columns) > 1]
    if twice:
        raise InputFileError(
            f"{opened.where} has the column {twice[0]} twice", next_step="remove one of them and import it again"
        )
    known = {_plain(name) for name in (*layout.used, *layout.more)}
    unknown = tuple(name for name in opened.columns if _plain(name) not in known and not _is_index(name))
    return Match(opened, layout, used, unknown, year_of_name(opened.name, layout))


def _refuse_if_almost(opened: Opened, layouts: Sequence[Layout], found: Mapping[str, int]) -> None:
    shares = [(sum(_plain(name) in found for name in layout.needed) / len(layout.needed), layout) for layout in layouts]
    share, nearest = max(shares, key=lambda each: each[0], default=(0.0, None))
    if nearest is None or share < _ALMOST:
        return
    missing = sorted(name for name in nearest.needed if _plain(name) not in found)
    known = {_plain(name) for name in (*nearest.used, *nearest.more)}
    others = [name for name in opened.columns if _plain(name) not in known and not _is_index(name)]
    beside = f"; it has {', '.join(ascii(name[:40])[1:-1] for name in others[:5])} instead" if others else ""
    raise InputFileError(
        f"{opened.where} resembles the {nearest.title}, but has no column {', '.join(missing)}{beside}",
        next_step="rename the columns, or say in a mapping file what they are called: --mapping FILE",
    )


def year_of_name(name: str, layout: Layout) -> int | None:
    """First year of the season that a file's name says: "player_logs_2021-22.csv", "shotdetail_2021.csv"."""
    for first, last in _LABEL.findall(name):
        if (int(first) + 1) % 100 == int(last) and int(first) in YEARS:
            return int(first)
    if layout.year_in_name is not None and (match := _YEAR.search(name)) and int(match[1]) in YEARS:
        return int(match[1]) - layout.year_in_name
    return None


def labels(years: Iterable[int]) -> str:
    """Seasons in words: "2021-22, 2022-23"."""
    return ", ".join(season_label(year) for year in sorted(years))


def _plain(name: str) -> str:
    """A column's name as it is compared: without case, blanks and a byte order mark."""
    return name.strip().lstrip("\ufeff").replace(" ", "_").upper()


def _is_index(name: str) -> bool:
    """True for the index column that pandas writes."""
    return not name.strip() or name.strip().lower().startswith(("unnamed:", "__index_level_")) or name == "index"
