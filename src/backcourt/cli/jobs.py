"""`backcourt jobs`: engine runs and loads by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.calendar import AHEAD
from backcourt.cli.engine import (
    AheadOption,
    EndOption,
    JsonOption,
    ModeOption,
    ReprocessOption,
    RunOptions,
    SeasonOption,
    StartOption,
    ValidationOption,
)
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.backfill.request import Request
    from backcourt.cli.job_list import Job
    from backcourt.warehouse.base import Warehouse

app = typer.Typer(help="Engine runs and loads by name.", no_args_is_help=True)


@app.command("list")
def list_jobs(as_json: JsonOption = False) -> None:
    """List every job: what it does and which tables it fills."""
    from dataclasses import asdict

    from backcourt.cli.job_list import jobs
    from backcourt.cli.output import print_json, print_table

    if as_json:
        print_json([asdict(job) for job in jobs().values()])
        return
    print_table(
        ("job", "kind", "what it does", "state"),
        [(job.name, job.kind, job.description, job.state) for job in jobs().values()],
    )
    typer.echo("next: backcourt jobs run NAME --season 2021-22 (a load of a season's file takes --dir DIR instead)")


@app.command("run")
def run_job(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The job.")],
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="For a load: folder with a season's files.")
    ] = None,
    reprocess: ReprocessOption = None,
    mode: ModeOption = None,
    validation: ValidationOption = "backfill",
    ahead: AheadOption = AHEAD,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be computed and exit.")] = False,
    file: WarehouseOption = None,
) -> None:
    """Run a job; exits as `backcourt run` or `backcourt load season` would.

    `backcourt run` has more options: a job is a name for its tables.
    """
    from backcourt.cli.job_list import job
    from backcourt.errors import BackcourtError

    chosen = job(name)
    place = warehouse(file)
    asked = RunOptions(
        start_date, end_date, season, None, chosen.computed, None, reprocess or (), mode, validation, ahead
    )
    if chosen.kind == "load":
        if asked != RunOptions(tables=chosen.computed) or dry_run:
            raise BackcourtError(f"{name} is a load of a whole season's file: it takes --dir and --warehouse only")
        if folder is None:
            raise BackcourtError(f"{name} is a load: name the folder of the season's files with --dir")
        raise typer.Exit(_load(chosen, folder, place))
    if folder is not None:
        raise BackcourtError(f"--dir is for loads of a season's files; {name} does not read one")
    if chosen.kind in {"source", "fetch"}:
        _from_source(chosen, asked, dry_run=dry_run, file=file)
        return
    request = asked.request(place)
    if chosen.kind != "compute":
        _fill(place, request, dry_run=dry_run)
    if chosen.kind == "registry":
        return
    if dry_run:
        from backcourt.backfill.run import plan
        from backcourt.cli.plan import print_plan

        print_plan(plan(place, request))
        typer.echo("dry run: nothing was changed")
        return
    raise typer.Exit(_compute(place, request, file))


def _from_source(chosen: Job, asked: RunOptions, *, dry_run: bool, file: str | None) -> None:
    """Fetch a source or load what has landed, as the command of its own does."""
    from backcourt.cli.sources import fetch, load_source
    from backcourt.errors import BackcourtError

    if asked != RunOptions(asked.start_date, asked.end_date, asked.season, tables=chosen.computed):
        raise BackcourtError(
            f"{chosen.name} computes nothing: it takes dates or --season, --dry-run and --warehouse only"
        )
    kind, _, name = chosen.name.partition("-")
    carry_out = fetch if kind == "fetch" else load_source
    carry_out(name, asked.start_date, asked.end_date, asked.season, dry_run=dry_run, file=file)


def _load(chosen: Job, folder: Path, place: Warehouse) -> int:
    from backcourt.cli.load import print_summary
    from backcourt.sources.season import load_season

    summary = load_season(place, folder, now=now(), run_id=new_run_id(), only=chosen.tables)
    print_summary(summary)
    return summary.exit_code


def _fill(place: Warehouse, request: Request, *, dry_run: bool) -> None:
    """Fill the registry for the seasons of the range, or say that it would be."""
    from backcourt.backfill.plan import no_games, planned_dates
    from backcourt.backfill.staleness import stage_calendar
    from backcourt.catalog import TABLES
    from backcourt.names.registry_fill import fill_registry
    from backcourt.names.resolve import resolve

    place.require()
    with place.read() as session:
        stage_calendar(session, request.span, request.ahead)
        if not planned_dates(session, request.span):
            raise no_games(session, request.span)
    if dry_run:
        typer.echo(f"would fill the registry for the seasons of {request.span} and resolve the names without an id")
        return
    with place.write(TABLES) as session:
        run_id, when = new_run_id(), now()
        result = fill_registry(
            session, request.span, run_id=run_id, now=when, mode=request.policy.name, trigger="command"
        )
        found = resolve(session, run_id=run_id, now=when)
    typer.echo(f"registry: {counted(result.rows, 'player')} by team and season, {result.written:,} new or changed")
    typer.echo(f"names without an id: {found.asked:,}, {found.decided:,} of them resolved, {found.queued:,} wait")


def _compute(place: Warehouse, request: Request, file: str | None) -> int:
    from backcourt.backfill.request import RunIdentity
    from backcourt.cli.run import carry_out

    return carry_out(place, replace(request, identity=RunIdentity(new_run_id(), now()), trigger="command"), file=file)
