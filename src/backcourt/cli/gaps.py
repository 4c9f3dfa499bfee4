"""`backcourt gaps`, `recover` and `lineage`: what is wrong, what repairs it, and where a date comes from."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from backcourt.cli.engine import EndOption, JsonOption, RunOptions, SeasonOption, StartOption, same_warehouse
from backcourt.cli.options import WarehouseOption, new_run_id, now
from backcourt.cli.validate import as_in_catalog
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.calendar import DateRange
    from backcourt.integrity.gaps import Gap
    from backcourt.integrity.lineage import Lineage
    from backcourt.integrity.recovery import Recovery
    from backcourt.warehouse.base import Warehouse

PhasesOption = Annotated[
    list[int] | None, typer.Option("--phase", help="Only tables of this phase, 2, 3 or 4; may be repeated.")
]


def gaps(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    phase: PhasesOption = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Find every gap of a range, of all five kinds, with its root and everything that was built on it.

    Exits with 1 if there are gaps, or names that were never looked up, and 2 if a gap is critical.
    """
    from backcourt.cli.output import print_json
    from backcourt.integrity.gaps import find_gaps, gaps_json
    from backcourt.integrity.recovery import recovery
    from backcourt.names.outstanding import COMMAND

    place = as_in_catalog(file)
    span = RunOptions(start_date, end_date, season).span(place)
    with place.read() as session:
        whole = find_gaps(session, span)
    found = whole.of(phase) if phase else whole
    if as_json:
        stages = recovery(whole, warehouse=file or "").stages
        print_json({**gaps_json(found), "commands": [stage.command for stage in stages]})
        raise typer.Exit(found.exit_code)
    if found.gaps:
        _print_gaps(found.gaps)
    roots = len(found.roots)
    typer.echo(
        f"{counted(len(found.gaps), 'gap')}, {roots} of them roots, "
        f"on {counted(found.dates, 'game date')} of {found.span}"
    )
    if found.names:
        typer.echo(f"names: {found.names}")
        typer.echo(f"next: {COMMAND}{same_warehouse(file)}")
    elif found.gaps:
        typer.echo(f"next: backcourt recover --start-date {span.start} --end-date {span.end}{same_warehouse(file)}")
    raise typer.Exit(found.exit_code)


def recover(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    apply: Annotated[bool, typer.Option("--apply", help="Carry out the plan; without it nothing is changed.")] = False,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help="A season's folder to compare with; what differs is loaded first; may be repeated.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, stored in the change log of restated rows.")] = "",
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Plan the least that repairs the gaps of a range, upstream first; with --apply carry it out, stage by stage.

    Raw rows that differ from a folder named with --dir are loaded first, and everything that read them is computed
    again; without --dir, wrong raw rows that agree with all others cannot be found. After each stage its gaps must be
    gone.

    Exits with 1 if there is something to repair, or a stage did not repair it; with --apply 0 means that nothing is
    left.
    """
    from backcourt.cli.output import print_json
    from backcourt.integrity.recovery import Recovery, recovery_json
    from backcourt.integrity.repair import NOT_JUDGED, repair

    place = as_in_catalog(file)
    span = RunOptions(start_date, end_date, season).span(place)
    if not apply:
        _plan_recovery(place, span, folder or (), file, as_json=as_json)
    from backcourt.backfill.request import RunIdentity

    identity = RunIdentity(new_run_id(), now(), reason)
    done = repair(
        place,
        span,
        identity,
        folders=folder or (),
        told=lambda line: typer.echo(f"stage: {line}", err=True),
        now=now,
    )
    found, left = Recovery(done.found, done.stages), done.left
    if as_json:
        print_json(
            {
                **recovery_json(found),
                "not_judged": "" if folder else NOT_JUDGED,
                "run_id": identity.run_id,
                "left": len(left.gaps),
                "exit_code": 1 if left.gaps else 0,
            }
        )
    else:
        typer.echo(
            f"repaired: {counted(len(found.stages), 'stage')}, {counted(len(found.gaps.gaps), 'gap')}; "
            f"left: {counted(len(left.gaps), 'gap')}"
        )
        if not folder:
            typer.echo(NOT_JUDGED)
        next_step = "gaps" if left.gaps else "validate range"
        typer.echo(f"next: backcourt {next_step} --start-date {span.start} --end-date {span.end}{same_warehouse(file)}")
    raise typer.Exit(1 if left.gaps else 0)


def _plan_recovery(
    place: Warehouse, span: DateRange, folders: Sequence[Path], file: str | None, *, as_json: bool
) -> NoReturn:
    """Show what would be repaired; nothing is changed."""
    from backcourt.cli.output import print_json
    from backcourt.integrity.gaps import find_gaps
    from backcourt.integrity.recovery import recovery, recovery_json
    from backcourt.integrity.repair import NOT_JUDGED, planned_loads
    from backcourt.sources.season.compare import compare_season

    differing = {folder: compare_season(place, folder, now=now()) for folder in folders}
    with place.read() as session:
        found = recovery(find_gaps(session, span), warehouse=file or "")
    code = 1 if found.stages or any(differing.values()) else 0
    loads = [line for folder, tables in differing.items() for line in planned_loads(tables, folder)]
    if as_json:
        print_json(
            {
                **recovery_json(found),
                "differs": loads,
                "not_judged": "" if folders else NOT_JUDGED,
                "exit_code": code,
            }
        )
        raise typer.Exit(code)
    for line in loads:
        typer.echo(f"load: {line}")
    _print_recovery(found)
    if not folders:
        typer.echo(NOT_JUDGED)
    given = "".join(f" --dir {shlex.quote(str(folder))}" for folder in folders)
    again = f"backcourt recover --start-date {span.start} --end-date {span.end}{given} --apply{same_warehouse(file)}"
    typer.echo(f"next: {again}" if code else f"nothing to repair on {span}")
    raise typer.Exit(code)


def lineage(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Computed table: its name or abbreviation.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="Game date, YYYY-MM-DD.")],
    row: Annotated[str, typer.Option("--row", metavar="KEY", help="One row: its key, the values joined by |.")] = "",
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Show the state of the upstream that a date was computed from, and whether that has changed since.

    Exits with 1 if it has.
    """
    from backcourt.calendar import parse_date
    from backcourt.cli.output import print_json
    from backcourt.integrity.lineage import lineage as find
    from backcourt.integrity.lineage import lineage_json

    found_on: date = parse_date(day)
    place = as_in_catalog(file)
    with place.read() as session:
        found = find(session, table, found_on, row=row)
    if as_json:
        print_json(lineage_json(found))
    else:
        _print_lineage(found, file)
    raise typer.Exit(1 if found.changed else 0)


def _print_gaps(found: Sequence[Gap]) -> None:
    from backcourt.cli.output import print_table

    print_table(
        ("severity", "kind", "table", "from", "to", "dates", "evidence", "goes back to"),
        [
            (
                gap.severity,
                gap.kind,
                gap.table,
                gap.start,
                gap.end,
                len(gap.days),
                gap.evidence,
                gap.root if gap.upstream else "itself",
            )
            for gap in found
        ],
        numbers=("dates",),
    )


def _print_recovery(found: Recovery) -> None:
    from backcourt.cli.output import print_table

    if found.stages:
        print_table(
            ("stage", "action", "table", "dates", "repairs", "by hand"),
            [
                (number, stage.action, stage.table, ", ".join(map(str, stage.ranges)), stage.reason, stage.command)
                for number, stage in enumerate(found.stages, start=1)
            ],
            numbers=("stage",),
        )


def _print_lineage(found: Lineage, file: str | None) -> None:
    from backcourt.cli.output import print_table

    if found.status is None:
        typer.echo(f"{found.table} {found.day}: never computed")
    else:
        code = "today's code" if found.current_code else "older code"
        reason = f" ({found.reason})" if found.reason else ""
        typer.echo(
            f"{found.table} {found.day}: {found.status}{reason}, {counted(found.rows, 'row')}, by run {found.run_id} "
            f"({found.mode} mode, {code}) at {found.finished:%Y-%m-%d %H:%M} UTC"
        )
    print_table(
        ("read from", "what", "then", "now", ""),
        [
            (part.upstream or "raw rows", part.read, part.then, part.now, "changed" if part.changed else "the same")
            for part in found.inputs
        ],
        title="what it was computed from, as checksums",
    )
    print_table(
        ("table", "first", "last", "rows", "newest row written (UTC)", "failed dates"),
        [
            (u.table, u.first, u.last, f"{u.rows:,}", f"{u.written:%Y-%m-%d %H:%M}" if u.written else "", u.failed)
            for u in found.upstreams
        ],
        numbers=("rows", "failed dates"),
        title="what is stored today, over the widest window",
    )
    for item in found.restated[:_SHOWN]:
        change = f"{item.old} became {item.new}" if item.new else f"{item.old} went"
        typer.echo(f"restated: {item.key}: {change}, run {item.run_id}, {item.at:%Y-%m-%d %H:%M} UTC ({item.reason})")
    if len(found.restated) > _SHOWN:
        typer.echo(f"and {len(found.restated) - _SHOWN} more restated rows; name one with --row")
    if found.changed:
        typer.echo(
            f"next: backcourt plan --start-date {found.day} --end-date {found.day} --reprocess stale"
            f"{same_warehouse(file)}"
        )


_SHOWN = 10
"""Restated rows that are printed."""
