"""Take files of people: open, recognise, check and convert all of them, and only then land and load anything."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from backcourt.calendar import season_label, season_year, seasons_named
from backcourt.errors import InputFileError
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.layouts.bench import Bench, bench, named
from backcourt.sources.layouts.convert import Taken, convert, target
from backcourt.sources.layouts.known import LAYOUTS
from backcourt.sources.layouts.layout import Layout
from backcourt.sources.layouts.load import LandedSeason, load_landed
from backcourt.sources.layouts.parts import store
from backcourt.sources.layouts.read import tables
from backcourt.sources.layouts.recognise import Match, labels, recognise
from backcourt.sources.layouts.unpack import Unpacker, may_be_table
from backcourt.warehouse.base import Warehouse

_MOST_FILES = 10_000


@dataclass(slots=True)
class Imported:
    """What became of files.

    Attributes:
        taken: What was taken of each table that was recognised.
        passed_over: Files that are in a folder or an archive and were not recognised.
        landed: The parts that were written, with True for those that are new.
        seasons: What was loaded, by season label.
    """

    taken: list[Taken] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    landed: list[tuple[Landed, bool]] = field(default_factory=list)
    seasons: dict[str, LandedSeason] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """Seasons of which anything was taken, in order."""
        return sorted({label for taken in self.taken for label in taken.rows})

    @property
    def repeated(self) -> int:
        """Rows that repeat another one word for word."""
        return sum(taken.repeated for taken in self.taken)

    @property
    def exit_code(self) -> int:
        """0 good, 1 if rows are repeated or anything was held back, more if the engine refused a table."""
        return max([1 if self.repeated else 0, *(season.exit_code for season in self.seasons.values())])


def import_files(
    warehouse: Warehouse,
    landing: Landing,
    paths: Sequence[Path],
    *,
    now: datetime,
    run_id: str,
    seasons: Collection[int] = (),
    layouts: Sequence[Layout] = LAYOUTS,
    dry_run: bool = False,
) -> Imported:
    """Import files: land what they hold, as ``land_files`` does, and load all that has landed of their seasons.

    Args:
        warehouse: Where to.
        landing: The landing zone.
        paths: Files, archives and folders.
        now: Time of the import.
        run_id: The run that the quarantine names.
        seasons: First years of the seasons that are wanted; all if it is empty, but then one at most in a file.
        layouts: The layouts that are looked for.
        dry_run: True if nothing is written.

    Raises:
        InputFileError: If a file cannot be read, is of no known layout, or holds what it should not; nothing has been
            changed then.
    """
    done = land_files(landing, paths, now=now, seasons=seasons, layouts=layouts, dry_run=dry_run)
    if not dry_run:
        for season in done.labels:
            done.seasons[season] = load_landed(warehouse, landing, season, now=now, run_id=run_id)
    return done


def land_files(
    landing: Landing,
    paths: Sequence[Path],
    *,
    now: datetime,
    seasons: Collection[int] = (),
    layouts: Sequence[Layout] = LAYOUTS,
    dry_run: bool = False,
) -> Imported:
    """Recognise files, and land what they hold as parts of seasons; nothing is loaded. Arguments as ``import_files``.

    Raises:
        InputFileError: If a file cannot be read, is of no known layout, or holds what it should not; nothing has been
            changed then.
    """
    done = Imported()
    with bench() as place:
        examine(place, paths, done, seasons, layouts)
        if dry_run:
            return done
        used = {taken.match.layout.name: taken.match.layout for taken in done.taken}
        for layout in used.values():
            for (year,) in place.run(f"SELECT DISTINCT year FROM {target(layout)} ORDER BY year"):
                done.landed.append(store(place, landing, layout, season_label(year), now=now))
    return done


def examine(
    place: Bench, paths: Sequence[Path], done: Imported, seasons: Collection[int], layouts: Sequence[Layout]
) -> None:
    """Convert all files, on the workbench alone.

    Raises:
        InputFileError: If one of them cannot be read, is of no known layout, or holds what it should not.
    """
    unpacker = Unpacker(place.folder)
    matches: list[Match] = []
    for given in paths:
        before = len(done.taken)
        inside = given.is_dir()
        for path in _files(given):
            count = 0
            for plain in unpacker.plain(path):
                for opened in tables(place, plain):
                    match = recognise(opened, layouts)
                    if match:
                        done.taken.append(convert(place, match, len(matches), seasons, alone=not inside))
                        matches.append(match)
                        count += 1
                    else:
                        done.passed_over.append(opened.where)
            if not count and not inside:
                raise _unknown(given, layouts)
        if inside and len(done.taken) == before:
            raise InputFileError(f"no file in {given} is recognised", next_step=_KNOWN)
        if not any(taken.rows for taken in done.taken[before:]):
            asked = labels(sorted(seasons)[:1])
            raise InputFileError(f"{given} has no game of the seasons that are asked for, such as {asked}")
    done.passed_over += unpacker.passed_over
    for layout in {match.layout.name: match.layout for match in matches}.values():
        _merge(place, layout, matches)


_KNOWN = "the page Layouts of files lists their columns; say what yours are called in a mapping file: --mapping FILE"


def _unknown(given: Path, layouts: Sequence[Layout]) -> InputFileError:
    titles = dict.fromkeys(layout.short for layout in layouts if layout.columns and not layout.of_folder)
    return InputFileError(
        f"{given} is not recognised: its columns are of none of these",
        valid=[*titles, "files of a season's folder"],
        next_step=_KNOWN,
    )


def _files(given: Path) -> Iterator[Path]:
    """A file itself, or the files of a folder and of those in it that may hold tables, in order of their names."""
    if not given.is_dir():
        yield given
        return
    found: list[Path] = []
    seen = 0
    for folder, folders, names in os.walk(given):
        here = Path(folder)
        seen += len(names)
        if seen > _MOST_FILES:
            raise InputFileError(f"{given} holds more than {_MOST_FILES:,} files", next_step="name those that you mean")
        found += [here / name for name in names if may_be_table(name) and (here / name).is_file()]
        # No deeper than the folders of a folder, and nowhere that is hidden.
        folders[:] = [] if here != given else [name for name in sorted(folders) if not name.startswith(".")]
    yield from sorted(found)


def _merge(place: Bench, layout: Layout, matches: Sequence[Match]) -> None:
    """What two files hold in the same words is kept once.

    Raises:
        InputFileError: If they hold different rows of one key, or different events of one game.
    """
    columns, rows = ", ".join(map(named, layout.feed.columns)), target(layout)
    # A team or a player is another one in each season.
    units = ("year", *layout.unit)
    unit = ", ".join(map(named, units))
    if place.run(f"SELECT COUNT(DISTINCT file) FROM {rows}") == [(1,)]:
        return
    place.run(
        f"CREATE OR REPLACE TEMP TABLE shared AS SELECT {unit}, file, content, "
        "FIRST_VALUE(file) OVER w AS first_file, FIRST_VALUE(content) OVER w AS first_content "
        f"FROM (SELECT {unit}, file, COUNT(*) || ':' || SUM(hash(({columns}))::HUGEINT) AS content "
        f"FROM {rows} GROUP BY ALL) WINDOW w AS (PARTITION BY {unit} ORDER BY file)"
    )
    place.run(
        f"DELETE FROM {rows} USING shared WHERE shared.file > first_file AND content = first_content "
        f"AND {rows}.file = shared.file AND " + " AND ".join(f"{rows}.{name} = shared.{name}" for name in units)
    )
    if layout.key:
        # Files for one player each share games, and each has rows of its own.
        place.run(
            f"DELETE FROM {rows} WHERE rowid IN (SELECT rowid FROM {rows} "
            f"QUALIFY ROW_NUMBER() OVER (PARTITION BY {columns} ORDER BY rowid) > 1)"
        )
        key = ", ".join(map(named, layout.key))
        other = place.run(
            f"SELECT MIN({layout.unit[0]}), MIN(file), MAX(file) FROM {rows} GROUP BY {key} HAVING COUNT(*) > 1 "
            "ORDER BY 1 LIMIT 1"
        )
    else:
        other = place.run(
            f"SELECT CAST({layout.unit[0]} AS VARCHAR), first_file, file FROM shared WHERE content <> first_content "
            "ORDER BY 1, 2, 3 LIMIT 1"
        )
    if other:
        which, first, second = other[0]
        what = layout.unit[0].removesuffix("_id").replace("_", " ")
        raise InputFileError(
            f"{matches[first].opened.where} and {matches[second].opened.where} say different things of {what} {which}",
            next_step="import the right one, or the older one first: what is imported later counts",
        )


def years_of(text: str | None) -> frozenset[int]:
    """First years of the seasons of an option: "2021-22", "2015-16..2024-25"; empty for None.

    Raises:
        BackcourtError: If it is neither.
    """
    return frozenset(map(season_year, seasons_named(text) if text is not None else ()))
