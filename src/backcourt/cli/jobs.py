"""`backcourt jobs`: engine runs and loads by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli.engine import (
    Asked,
    EndOption,
    JsonOption,
    ModeOption,
    ReprocessOption,
    SeasonOption,
    StartOption,
    resume_command,
)
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse

if TYPE_CHECKING:
    from backcourt.backfill.jobs import Job
    from backcourt.backfill.plan import Request
    from backcourt.warehouse.base import Warehouse

app = typer.Typer(help="Engine runs and loads by name.", no_args_is_help=True)


@app.command("list")
def list_jobs(as_json: JsonOption = False) -> None:
    """List every job: what it does and which tables it fills."""
    from dataclasses import asdict

    from backcourt.backfill.jobs import jobs
    from backcourt.cli.output import print_json, print_table

    if as_json:
        print_json([asdict(job) for job in jobs().values()])
        return
    print_table(("job", "kind", "what it does"), [(job.name, job.kind, job.description) for job in jobs().values()])
    typer.echo("next: backcourt jobs run NAME --season 2021-22 (loads take --from DIR)")


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
    file: WarehouseOption = None,
) -> None:
    """Run a job; exits as `backcourt run` or `backcourt load season` would."""
    from backcourt.backfill.jobs import job
    from backcourt.errors import BackcourtError

    chosen = job(name)
    place = warehouse(file)
    if chosen.kind == "load":
        if folder is None:
            raise BackcourtError(f"{name} is a load: name the folder of the season's files with --dir")
        raise typer.Exit(_load(chosen, folder, place))
    if folder is not None:
        raise BackcourtError(f"--dir is for loads; {name} reads the warehouse")
    tables = tuple(
        table for table in chosen.tables if chosen.kind in {"compute", "two-pass"} and "registry" not in table
    )
    asked = Asked(start_date, end_date, season, None, tables, None, reprocess or (), mode)
    request, _ = asked.request(place, now().date())
    if chosen.kind in {"registry", "two-pass"}:
        _fill(place, request)
    if chosen.kind == "registry":
        return
    raise typer.Exit(_compute(place, request, mode, ["--warehouse", file] if file else []))


def _load(chosen: Job, folder: Path, place: Warehouse) -> int:
    from backcourt.cli.load import print_summary
    from backcourt.sources.season import load_season

    summary = load_season(place, folder, now=now(), run_id=new_run_id(), only=chosen.tables)
    print_summary(summary)
    return summary.exit_code


def _fill(place: Warehouse, request: Request) -> None:
    from backcourt.catalog import TABLES
    from backcourt.names.registry_fill import fill_registry

    place.require()
    with place.write(TABLES) as session:
        result = fill_registry(session, request.span, run_id=new_run_id(), now=now())
    typer.echo(f"registry: {result.rows:,} players by team and season, {result.written:,} new or changed")


def _compute(place: Warehouse, request: Request, mode: str | None, flags: list[str]) -> int:
    from backcourt.backfill.run import Options
    from backcourt.backfill.stamp import Stamp
    from backcourt.cli.options import resolve_mode
    from backcourt.cli.run import carry_out, print_result

    stamp = Stamp(new_run_id(), now(), resolve_mode(mode))
    options = Options(request.reprocess, trigger="command")
    result = carry_out(place, request, stamp, options, resume_command(request, flags))
    print_result(result)
    return result.exit_code
