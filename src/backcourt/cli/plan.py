"""`backcourt plan`: what a run would compute, and why."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.calendar import AHEAD
from backcourt.cli.engine import (
    AheadOption,
    EndOption,
    FromOption,
    JsonOption,
    ModeOption,
    PhaseOption,
    ReprocessOption,
    RunOptions,
    SeasonOption,
    StartOption,
    TableOption,
    ValidationOption,
    nothing_played,
    resume_command,
    same_warehouse,
)
from backcourt.cli.options import WarehouseOption, now, warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.backfill.plan import Plan, PlannedRange


def plan(
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    phase: PhaseOption = None,
    table: TableOption = None,
    first: FromOption = None,
    reprocess: ReprocessOption = None,
    mode: ModeOption = None,
    validation: ValidationOption = "backfill",
    ahead: AheadOption = AHEAD,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Keep the plan for run --plan.")] = None,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Say which dates of which tables a run would compute, and why; nothing is changed."""
    from backcourt.backfill.plan_file import plan_json
    from backcourt.backfill.plan_file import save as save_plan
    from backcourt.backfill.run import plan as make
    from backcourt.cli.output import print_json
    from backcourt.files import check_writable

    if save is not None:
        check_writable(save, "--save")
    place = warehouse(file)
    asked = RunOptions(
        start_date, end_date, season, phase, table or (), first, reprocess or (), mode, validation, ahead
    )
    request = asked.request(place)
    quiet = nothing_played(place, request, now().date())
    found = quiet or make(place, request, keep=save is not None)
    if save is not None:
        save_plan(found, save)
    if as_json:
        print_json(plan_json(found))
        return
    if quiet is None:
        print_plan(found)
    if save is not None:
        typer.echo(f"next: {shlex.join(['backcourt', 'run', '--plan', str(save)])}{same_warehouse(file)}")
    elif found.ranges:
        typer.echo(f"next: {resume_command(request, file)}")


def print_plan(found: Plan) -> None:
    """Print the ranges, what is read before them and what becomes stale."""
    if not found.ranges:
        typer.echo(f"nothing to do on {found.request.span}: every date is up to date")
    else:
        _print(found.ranges, f"would compute ({counted(len(found.ranges), 'range')})")
    if found.look_backs:
        starts = sorted({look.start for look in found.look_backs})
        typer.echo(f"reads the season from {', '.join(map(str, starts))} on; windows: backcourt tables show NAME")
    if found.becomes_stale:
        _print(found.becomes_stale, "would become stale and is not computed by this run")


def _print(ranges: Sequence[PlannedRange], title: str) -> None:
    from backcourt.cli.output import print_table

    print_table(
        ("table", "from", "to", "dates", "rows", "reason", "because of"),
        [(r.table, r.start, r.end, f"{r.dates:,}", f"{r.rows:,}", r.reason, r.detail) for r in ranges],
        title=title,
        numbers=("dates", "rows"),
    )
