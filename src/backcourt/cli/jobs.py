"""`backcourt jobs`: engine runs and loads by name."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.answers.model import Answer, Rows
from backcourt.answers.terminal import say
from backcourt.cli.engine import JobOptions, RunOptions
from backcourt.cli.options import DRY_RUN, At, Json, Where, new_run_id, now
from backcourt.errors import counted

if TYPE_CHECKING:
    from backcourt.backfill.request import Request
    from backcourt.cli.job_list import Job
    from backcourt.warehouse.base import Warehouse

app = typer.Typer(help="Engine runs and loads by name.", no_args_is_help=True)


@app.command("list")
def list_jobs(*, _how: Json) -> Answer:
    """List every job: what it does and which tables it fills."""
    from backcourt.cli.job_list import jobs

    found = list(jobs().values())
    rows = [(job.name, job.kind, job.description, job.state) for job in found]
    return Answer(
        parts=[Rows(("job", "kind", "what it does", "state"), rows)],
        next=["backcourt jobs run NAME --season 2021-22 (a load of a season's file takes --dir DIR instead)"],
        data=found,
    )


@app.command("run")
def run_job(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The job.")],
    chosen: JobOptions,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="For a load: folder with a season's files.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be computed and exit.")] = False,
    *,
    at: Where,
) -> Answer:
    """Run a job; exits as `backcourt run` or `backcourt load season` would.

    `backcourt run` has more options: a job is a name for its tables.
    """
    from backcourt.cli.job_list import job
    from backcourt.errors import BackcourtError

    wanted, place = job(name), at.warehouse()
    if wanted.kind == "load":
        if chosen.given or dry_run:
            raise BackcourtError(f"{name} is a load of a whole season's file: it takes --dir and --warehouse only")
        if folder is None:
            raise BackcourtError(f"{name} is a load: name the folder of the season's files with --dir")
        from backcourt.cli.load import load

        return load(place, folder, wanted.tables)
    if folder is not None:
        raise BackcourtError(f"--dir is for loads of a season's files; {name} does not read one")
    if wanted.kind in {"source", "fetch"}:
        return _from_source(wanted, chosen, dry_run=dry_run, at=At(file=at.file))
    request = RunOptions(**asdict(chosen), table=list(wanted.computed)).request(place)
    filled = _fill(place, request, dry_run=dry_run) if wanted.kind != "compute" else ()
    if wanted.kind == "registry":
        return Answer(parts=filled)
    if dry_run:
        from backcourt.backfill.run import plan
        from backcourt.cli.plan import parts_of

        return Answer(DRY_RUN, [*filled, *parts_of(plan(place, request))])
    for line in filled:
        # At once: it is done, whatever becomes of the computation.
        say(line)
    return _compute(place, request, At(file=at.file))


def _from_source(wanted: Job, chosen: JobOptions, *, dry_run: bool, at: At) -> Answer:
    """Fetch a source or load what has landed, as the command of its own does."""
    from backcourt.cli.sources import Payloads, fetch_source, load_source
    from backcourt.errors import BackcourtError

    dates = asdict(chosen.dates)
    if chosen != JobOptions(**dates):
        raise BackcourtError(
            f"{wanted.name} computes nothing: it takes dates or --season, --dry-run and --warehouse only"
        )
    kind, _, name = wanted.name.partition("-")
    payloads = Payloads(**dates, dry_run=dry_run)
    return fetch_source(name, payloads, at=at) if kind == "fetch" else load_source(name, payloads, at=at)


def _fill(place: Warehouse, request: Request, *, dry_run: bool) -> list[str]:
    """Fill the registry for the seasons of the range, or say that it would be."""
    from backcourt.backfill.fingerprints import StagedInputs
    from backcourt.backfill.plan import no_games, planned_dates
    from backcourt.catalog import TABLES
    from backcourt.names.registry_fill import fill_registry
    from backcourt.names.resolve import resolve

    place.require()
    with place.read() as session:
        if not planned_dates(session, StagedInputs(request.span, request.ahead)):
            raise no_games(session, request.span)
    if dry_run:
        return [f"would fill the registry for the seasons of {request.span} and resolve the names without an id"]
    with place.write(TABLES) as session:
        run_id, when = new_run_id(), now()
        result = fill_registry(
            session, request.span, run_id=run_id, now=when, mode=request.policy.name, trigger="command"
        )
        found = resolve(session, run_id=run_id, now=when)
    return [
        f"registry: {counted(result.rows, 'player')} by team and season, {result.written:,} new or changed",
        f"names without an id: {found.asked:,}, {found.decided:,} of them resolved, {found.queued:,} wait",
    ]


def _compute(place: Warehouse, request: Request, at: At) -> Answer:
    from backcourt.backfill.request import RunIdentity
    from backcourt.cli.run import carry_out

    return carry_out(place, replace(request, identity=RunIdentity(new_run_id(), now()), trigger="command"), at=at)
