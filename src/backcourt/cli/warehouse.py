"""`backcourt warehouse`: whole warehouses, in a file or in a project: compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Part, Rows, readable
from backcourt.cli.engine import Dates, TableOption
from backcourt.cli.options import Json, Where
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.calendar import DateRange
    from backcourt.exchange.comparison import Comparison
    from backcourt.exchange.manifest import Manifest
    from backcourt.exchange.sides import Side

app = typer.Typer(help="Compare whole warehouses, in files or in projects.", no_args_is_help=True)
_PLACES = "a DuckDB file, bigquery://PROJECT, or a manifest (.json)"


@app.command("compare")
def compare(
    first: Annotated[str, typer.Argument(metavar="FIRST", help=f"One side: {_PLACES}.")],
    second: Annotated[
        str, typer.Argument(metavar="[SECOND]", help="The other side; without one, FIRST is listed.")
    ] = "",
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="Write what FIRST holds to this file (.json), which can then be a side."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, max=1000, help="Rows that differ shown; all are counted.")
    ] = 20,
    *,
    dates: Dates,
    table: TableOption = None,
    _how: Json,
) -> Answer:
    """Compare two warehouses: rows and one hash per table and month, then the rows that differ.

    Rows are hashed again, so a row that is not what its hash says makes two warehouses unequal. When and by which run a
    row was written does not count. Exits with 1 if anything differs.
    """
    from backcourt.errors import OutputFileError
    from backcourt.exchange.manifest import ENDING, is_manifest, write_manifest
    from backcourt.exchange.sides import compare as do
    from backcourt.exchange.sides import look

    if manifest and not is_manifest(manifest.name):
        raise OutputFileError(f"{manifest} cannot be a manifest: its name must end with {ENDING}")
    sides = [_side(name) for name in (first, second) if name]
    span = _span(dates, sides)
    parts: list[Part] = []
    if manifest or not second:
        held = look(sides[0], table, span)
        if manifest:
            write_manifest(held, manifest)
            parts.append(f"written: {manifest}")
        if not second:
            return _listed(first, held, parts)
    extent, found = do(sides[0], sides[1], table, span, limit=limit)
    data = {
        "first": first,
        "second": second,
        "equal": found.equal,
        "start_date": extent.span.start if extent.span else None,
        "end_date": extent.span.end if extent.span else None,
        "tables": [
            {"table": x.table, "month": x.month, "equal": x.equal, "first": x.first, "second": x.second}
            for x in found.lines
        ],
        "counts": found.counts,
        "rows": found.rows,
    }
    return _compared(found, data, parts)


def _listed(name: str, held: Manifest, parts: list[Part]) -> Answer:
    """What one side holds."""
    headers = ("table", "month", "rows", "altered", "hash")
    rows = [(*place, found.rows, found.altered, found.hash) for place, found in held.contents.items()]
    total = sum(found.rows for found in held.contents.values())
    altered = sum(found.altered for found in held.contents.values())
    extent = held.extent
    data = {
        "first": name,
        "start_date": extent.span.start if extent.span else None,
        "end_date": extent.span.end if extent.span else None,
        "tables": [{"table": table, "month": month, "first": found} for (table, month), found in held.contents.items()],
    }
    verdict = f"{name} holds {counted(total, 'row')}"
    if altered:
        verdict += f"; {counted(altered, 'row')} {'is' if altered == 1 else 'are'} not what the stored hash says"
    return Answer(verdict, [Rows(headers, rows, headers[2:4]), *parts], data=data, exit_code=1 if altered else 0)


def _compared(found: Comparison, data: object, parts: list[Part]) -> Answer:
    """Two sides."""
    rows = sum(line.first.rows for line in found.lines)
    if found.equal:
        tables = len({line.table for line in found.lines})
        words = f"equal: {counted(rows, 'row')} in {counted(tables, 'table')}"
        return Answer(words, parts, data=data, kind="good")
    odd = found.different
    headers = ("table", "month", "rows", "rows of the second", "hash", "hash of the second", "altered")
    shown: list[Part] = [
        Rows(
            headers,
            [
                (
                    line.table,
                    line.month,
                    line.first.rows,
                    line.second.rows,
                    line.first.hash,
                    line.second.hash,
                    line.first.altered + line.second.altered,
                )
                for line in odd
            ],
            (*headers[2:4], headers[6]),
            title="tables and months that differ",
        )
    ]
    if found.counts is None:
        shown.append("a manifest knows hashes only: compare with the warehouse itself to see which rows differ")
    else:
        shown += _rows(found)
    return Answer(
        f"not equal: {len(odd):,} of {counted(len(found.lines), 'table and month', 'tables and months')} differ",
        [*shown, *parts],
        exit_code=1,
        data=data,
        kind="question",
    )


def _rows(found: Comparison) -> list[Part]:
    """The rows that differ: those looked at, a line for each column, and how many there are."""
    from backcourt.exchange.comparison import Values

    headers = ("table", "key", "what", "column", "first", "second")
    rows = [
        (row.table, readable(row.key), row.kind, values.column, readable(values.first), readable(values.second))
        for row in found.rows
        for values in (row.columns or (Values("", None, None),))
    ]
    counts = [(count.table, count.kind, count.rows) for count in found.counts or ()]
    total = sum(count.rows for count in found.counts or ())
    shown = f", {len(found.rows):,} of them shown" if len(found.rows) < total else ""
    parts: list[Part] = [Rows(headers, rows, title="rows that differ")] if rows else []
    return [*parts, Rows(("table", "what", "rows"), counts, ("rows",)), f"{counted(total, 'row')} differ{shown}"]


def _span(dates: Dates, sides: Sequence[Side]) -> DateRange | None:
    """The dates that are asked for; a season's are those of the first side that is a warehouse.

    Raises:
        DateRangeError: If only manifests are compared, which know no schedule.
    """
    from backcourt.errors import DateRangeError

    if not dates.given:
        return None
    place = next((side.warehouse for side in sides if side.warehouse), None)
    if place is None:
        raise DateRangeError("a manifest says itself which dates it is of", next_step="leave the dates out")
    return dates.span(place)


def _side(name: str) -> Side:
    """What a name stands for.

    Raises:
        BackcourtError: If it is neither a warehouse as in the catalog nor a manifest.
    """
    from backcourt.exchange.manifest import is_manifest, read_manifest
    from backcourt.exchange.sides import Side

    if is_manifest(name):
        return Side(name, manifest=read_manifest(Path(name)))
    return Side(name, Where(name).as_in_catalog())
