"""`backcourt warehouse`: whole warehouses, in a file or in a project: made, checked, compared and copied."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt import __version__
from backcourt.answers.model import KINDS, LEVELS, Answer, Part, Rows, readable
from backcourt.answers.terminal import say
from backcourt.calendar import DateRange, season_year
from backcourt.cli.engine import Dates, TableOption
from backcourt.cli.options import DRY_RUN, At, Json, Where, new_run_id, now
from backcourt.errors import counted
from backcourt.warehouse.price import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.exchange.comparison import Comparison
    from backcourt.exchange.copying import Copy
    from backcourt.exchange.manifest import Manifest
    from backcourt.exchange.sides import Side
    from backcourt.warehouse.base import Warehouse
    from backcourt.warehouse.condition.probe import ProbeReport

app = typer.Typer(help="Make, check, copy and compare whole warehouses, in files or in projects.", no_args_is_help=True)
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
    sides = [_side(first), *([_side(second)] if second else [])]
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


@app.command("copy")
def copy(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="Warehouse that is read.")],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="Warehouse to write; it is created if it does not exist.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be copied and exit.")] = False,
    *,
    dates: Dates,
    table: TableOption = None,
    _how: Json,
) -> Answer:
    """Copy a range of dates from one warehouse to another, of either engine; only what differs is sent.

    Stop it whenever you like: the same command goes on where it ended. Each month of a table changes as a whole, the
    change log says which rows did, and a comparison at the end proves the copy. Exits with 1 if it is not the same.
    """
    from backcourt.backfill.request import RunIdentity
    from backcourt.exchange.copying import carry_out, plan_copy
    from backcourt.exchange.sides import Side, require_two

    source, place = Where(origin).as_in_catalog(), Where(target).warehouse()
    require_two(Side(origin), Side(target))
    span = _dates(dates, source) if dates.given else None
    if dry_run:
        return _copied(origin, target, plan_copy(source, place, table, span), dry_run=True)
    identity = RunIdentity(new_run_id(), now())
    done = carry_out(source, place, table, span, identity=identity, tell=partial(say, aside=True))
    return _copied(origin, target, done, dry_run=False)


@app.command("init")
def init(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be made and exit.")] = False,
    *,
    at: At,
) -> Answer:
    """Make the datasets, tables and columns that a warehouse lacks."""
    from backcourt.warehouse.condition import make

    place = at.warehouse()
    made = make(place, dry_run=dry_run)
    data = {"warehouse": place.name, "dry_run": dry_run, "tables": made.tables, "columns": made.columns}
    found = [counted(len(made.tables), "table")] if made.tables else []
    found += [counted(len(made.columns), "column")] if made.columns else []
    names = [*made.tables, *made.columns]
    if not names:
        return Answer(f"{place.name} has every table and column", data=data, kind="good")
    words = f"{'would make' if dry_run else 'made'} {' and '.join(found)} in {place.name}"
    parts: list[Part] = [Rows(("made",), [(name,) for name in names])]
    step = [] if dry_run else ["backcourt warehouse check"]
    return Answer(f"{DRY_RUN}; {words}" if dry_run else words, parts, step, data=data, kind="good")


@app.command("check")
def check(
    probe: Annotated[
        bool,
        typer.Option(
            "--probe", help="Of a project: try in a scratch dataset what only the service can tell; under a cent."
        ),
    ] = False,
    *,
    at: At,
) -> Answer:
    """Check the condition of a warehouse: can it be reached, read and written, and is it as in the catalog?

    Of a project also the client, the credentials, every right by Google's name, labels, location, and what was left
    over. Nothing is changed. Exits with 1 if something is amiss and 2 if the warehouse cannot be used.
    """
    from backcourt.settings import load
    from backcourt.warehouse.condition import check as look
    from backcourt.warehouse.condition import run_probe

    settings = load(warehouse=at.file)
    if probe:
        return _probed(run_probe(settings, new_run_id(), partial(say, aside=True)), settings.bigquery_price_per_tib)
    found = list(look(settings))
    worst = max(LEVELS.index(line.level) for line in found)
    passed = sum(line.passed for line in found)
    rows = [(line.level, line.name, line.found, line.next_step) for line in found]
    data = {"warehouse": settings.warehouse, "exit_code": worst, "checks": found}
    step = next((line.next_step for line in found if LEVELS.index(line.level) == worst and not line.passed), "")
    return Answer(
        f"{settings.warehouse}: {LEVELS[worst]}, {passed} of {counted(len(found), 'check')} hold",
        [Rows(("level", "check", "found", "next step"), rows)],
        [step] if step else [],
        worst,
        data,
        KINDS[worst],
    )


def _probed(report: ProbeReport, price: float) -> Answer:
    """What a probe saw, to be sent in as it is."""
    good = sum(line.as_expected for line in report.lines)
    rows = [("as expected" if x.as_expected else "other", x.what, x.expected, x.seen) for x in report.lines]
    cost = dollars(report.bytes_billed, price)
    versions = f"backcourt {__version__}, google-cloud-bigquery {metadata.version('google-cloud-bigquery')}"
    parts: list[Part] = [
        f"probe of {report.service} in {report.location}; {versions}",
        Rows(("verdict", "tried", "expected", "seen"), rows),
        f"{counted(report.jobs, 'job')}, {report.bytes_billed:,} bytes billed (${cost:.4f})",
    ]
    if report.is_emulator:
        parts.append("this is an emulator: what differs here says nothing of the service")
    data = {**asdict(report), "versions": versions, "dollars": round(cost, 6)}
    return Answer(
        f"{good} of {counted(len(report.lines), 'line')} as expected",
        parts,
        exit_code=0 if good == len(report.lines) else 1,
        data=data,
    )


def _copied(origin: str, target: str, done: Copy, *, dry_run: bool) -> Answer:
    """What a copy did, or would do."""
    headers = ("table", "month", "rows", "there before", "inserted", "removed")
    rows = [(x.table, x.month, x.rows, x.there, x.inserted, x.removed) for x in done.months]
    parts: list[Part] = (
        [Rows(headers[:4] if dry_run else headers, [row[:4] if dry_run else row for row in rows], headers[2:])]
        if rows
        else []
    )
    extent = done.extent
    data = {
        "from": origin,
        "to": target,
        "dry_run": dry_run,
        "start_date": extent.span.start if extent.span else None,
        "end_date": extent.span.end if extent.span else None,
        "tables": done.months,
        "alike": done.alike,
        "left": [{"table": line.table, "month": line.month} for line in done.left],
        "before": done.before.start if done.before else None,
    }
    alike = f"{counted(done.alike, 'table and month', 'tables and months')} left alone"
    sent = counted(len(done.months), "table and month", "tables and months")
    if dry_run:
        return Answer(f"{DRY_RUN}; {sent} would be copied, {alike}", parts, data=data)
    if done.left:
        line, others = done.left[0], len(done.left) - 1
        named = f"{line.table} {line.month}".rstrip() + (f" and {others:,} more" if others else "")
        return Answer(
            f"not the same: {named} changed while they were copied",
            parts,
            ["run the same command again"],
            1,
            data,
            "question",
        )
    steps = []
    if done.before and extent.span:
        parts.append(
            f"rows of these dates were computed from {done.before}, which {target} does not hold as {origin} does: "
            "a plan there calls them stale"
        )
        whole = DateRange(done.before.start, extent.span.end)
        steps = [f"{shlex.join(['backcourt', 'warehouse', 'copy', origin, target])} {whole.options}"]
    return Answer(f"the same: {sent} copied, {alike}", parts, steps, data=data, kind="good")


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
    return [
        *parts,
        Rows(("table", "what", "rows"), counts, ("rows",)),
        f"{counted(total, 'row')} {'differs' if total == 1 else 'differ'}{shown}",
    ]


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
    return _dates(dates, place)


def _dates(dates: Dates, place: Warehouse) -> DateRange:
    """The dates that are asked for; of a season all that belong to it, also before its opening day."""
    from backcourt.warehouse.seasons import known_seasons

    span = dates.span(place)
    return known_seasons(place).dates(season_year(dates.season)) if dates.season else span


def _side(name: str) -> Side:
    """The side that a name refers to.

    Raises:
        BackcourtError: If it is neither a warehouse as in the catalog nor a manifest.
    """
    from backcourt.exchange.manifest import is_manifest, read_manifest
    from backcourt.exchange.sides import Side

    if is_manifest(name):
        return Side(name, manifest=read_manifest(Path(name)))
    return Side(name, Where(name).as_in_catalog())
