"""The two sides of a comparison: a warehouse of either engine, or a manifest of one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from backcourt.calendar import DateRange
from backcourt.errors import BackcourtError, DateRangeError, UnknownNameError
from backcourt.exchange.comparison import Comparison, compare_contents, compare_sessions
from backcourt.exchange.contents import read_contents
from backcourt.exchange.extents import Extent, chosen
from backcourt.exchange.manifest import Manifest
from backcourt.warehouse.base import Session, Warehouse
from backcourt.warehouse.seasons import read_seasons


@dataclass(frozen=True, slots=True)
class Side:
    """One side.

    Attributes:
        name: The warehouse or file, as it was named.
        warehouse: The warehouse; None if it is a manifest.
        manifest: The manifest; None if it is a warehouse.
    """

    name: str
    warehouse: Warehouse | None = None
    manifest: Manifest | None = None


def look(side: Side, tables: Sequence[str] | None, span: DateRange | None) -> Manifest:
    """What a part of one side holds.

    Args:
        side: The side.
        tables: Names of tables; None for all that hold content.
        span: The dates; None for all.

    Raises:
        DateRangeError: If a range has no row.
    """
    if side.warehouse is None:
        return _part(side, tables, span)
    with side.warehouse.read() as session:
        extent = _extent(session, tables, span)
        found = Manifest(extent, read_contents(session, extent))
    if span and not any(month for _, month in found.contents):
        raise _nothing(span, side.name)
    return found


def compare(
    first: Side, second: Side, tables: Sequence[str] | None, span: DateRange | None, *, limit: int
) -> tuple[Extent, Comparison]:
    """Compare a part of two sides; a manifest decides which part.

    Args:
        first: One side.
        second: The other.
        tables: Names of tables; None for all that hold content.
        span: The dates; None for all.
        limit: How many of the rows that differ are looked at.

    Raises:
        BackcourtError: If both sides are one, a range has no row, or a manifest is of another part.
    """
    require_two(first, second)
    if first.warehouse is not None and second.warehouse is not None:
        return _compare_warehouses((first, second), (first.warehouse, second.warehouse), tables, span, limit)
    known = _part(first if first.manifest else second, tables, span)
    extent = known.extent
    sides = [_held(side, known, tables, span) for side in (first, second)]
    return extent, compare_contents(sides[0].contents, sides[1].contents, extent)


def _compare_warehouses(
    sides: tuple[Side, Side],
    warehouses: tuple[Warehouse, Warehouse],
    tables: Sequence[str] | None,
    span: DateRange | None,
    limit: int,
) -> tuple[Extent, Comparison]:
    with ExitStack() as stack:
        one, two = (stack.enter_context(warehouse.read()) for warehouse in warehouses)
        extent = _extent(one, tables, span)
        found = compare_sessions(one, two, extent, limit=limit)
    if span and not any(line.month for line in found.lines):
        raise _nothing(span, " and ".join(side.name for side in sides))
    return extent, found


def _held(side: Side, known: Manifest, tables: Sequence[str] | None, span: DateRange | None) -> Manifest:
    """What a side holds of the part that a manifest is about.

    Raises:
        BackcourtError: If it is a manifest of another part.
    """
    if side.warehouse is not None:
        with side.warehouse.read() as session:
            return Manifest(known.extent, read_contents(session, known.extent))
    found = _part(side, tables, span)
    if found.extent != known.extent:
        raise BackcourtError(
            f"{side.name} is of another part of a warehouse than the other manifest",
            next_step="make both with the same dates and tables",
        )
    return found


def _part(side: Side, tables: Sequence[str] | None, span: DateRange | None) -> Manifest:
    """The part of a manifest that is asked for.

    Raises:
        BackcourtError: If it is of other dates, or has not those tables.
    """
    found = side.manifest
    if found is None:
        raise BackcourtError(f"{side.name} is not a manifest")
    if span is not None and span != found.extent.span:
        raise BackcourtError(
            f"{side.name} is of {found.extent.span or 'all dates'}, not of {span}",
            next_step="leave the dates out: a manifest says itself which ones it is of",
        )
    if not tables:
        return found
    names = chosen(tables)
    for name in names:
        if name not in found.extent.tables:
            raise UnknownNameError("table of the manifest", name, found.extent.tables)
    extent = Extent(names, found.extent.span, found.extent.years)
    return Manifest(extent, {place: content for place, content in found.contents.items() if place[0] in names})


def _extent(session: Session, tables: Sequence[str] | None, span: DateRange | None) -> Extent:
    return Extent.of(chosen(tables), span, read_seasons(session))


def require_two(first: Side, second: Side) -> None:
    """Refuse two names of one warehouse or file."""
    if first.name == second.name or _one_file(first, second):
        raise BackcourtError(f"both sides are the same: {first.name}", next_step="name two warehouses")


def _one_file(first: Side, second: Side) -> bool:
    """True if two names lead to one file."""
    paths = [Path(side.name) for side in (first, second)]
    return all(path.exists() for path in paths) and paths[0].samefile(paths[1])


def _nothing(span: DateRange, names: str) -> DateRangeError:
    return DateRangeError(f"no row on {span} in {names}", next_step="choose dates with games, or leave them out")
