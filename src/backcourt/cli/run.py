"""`backcourt run`: compute tables over a range of dates."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from backcourt.cli.options import WarehouseOption, new_run_id, now, warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backcourt.backfill.context import Progress
    from backcourt.backfill.plan import Plan
    from backcourt.backfill.request import Request
    from backcourt.backfill.results import RunResult, TableResult
    from backcourt.warehouse.base import Warehouse

INTERRUPTED = 130


def run(
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
    saved: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Carry out a saved plan, if it still holds.")
    ] = None,
    chunk: Annotated[
        str, typer.Option("--chunk", help="Publish by season or by month: less memory, more time.")
    ] = "season",
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=32, help="Chunks computed at the same time.")] = 2,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout", min=1, max=604800, help="Seconds that one table may take in all; six hours by default."
        ),
    ] = 21600.0,
    fail_fast: Annotated[
        bool,
        typer.Option(
            "--fail-fast",
            help="Stop at the first chunk with a date that fails with an error; its other dates are published.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and exit.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, stored in the change log of restated rows.")] = "",
    as_json: JsonOption = False,
    log_format: Annotated[str, typer.Option("--log-format", help="text, or json: a line per step on stderr.")] = "text",
    file: WarehouseOption = None,
) -> None:
    """Compute what is missing, failed or stale in a range of dates, each table before those that read it.

    Exits with 1 if a date failed as a whole or tables disagree, with 130 if it was interrupted.
    """
    from backcourt.backfill.plan_file import check_unchanged, load, plan_json
    from backcourt.backfill.request import RunIdentity
    from backcourt.backfill.run import plan as make
    from backcourt.cli.options import resolve_mode
    from backcourt.cli.output import print_json
    from backcourt.cli.plan import print_plan
    from backcourt.errors import BackcourtError

    place = warehouse(file)
    _check_words(chunk, log_format)
    asked = RunOptions(
        start_date, end_date, season, phase, table or (), first, reprocess or (), mode, validation, ahead
    )
    kept = load(saved) if saved else None
    if kept is None:
        wanted = asked.request(place)
    elif asked == RunOptions():
        wanted = replace(kept.request, policy=resolve_mode(kept.request.policy.name))
    else:
        raise BackcourtError(
            "--plan FILE already says what to compute",
            next_step="drop the dates, tables, --reprocess, --mode and --validation, or make a new plan",
        )
    request = replace(
        wanted,
        identity=RunIdentity(new_run_id(), now(), reason),
        chunk=chunk,
        jobs=jobs,
        timeout=timeout,
        fail_fast=fail_fast,
        trigger="command",
    )
    if dry_run:
        quiet = nothing_played(place, request, request.identity.now.date())
        found = quiet or make(place, request, keep=kept is not None)
        if kept is not None:
            check_unchanged(kept, found)
        if as_json:
            print_json(plan_json(found))
            return
        if quiet is None:
            print_plan(found)
        typer.echo("dry run: nothing was changed")
        return
    raise typer.Exit(carry_out(place, request, file=file, saved=kept, as_json=as_json, log_format=log_format))


def _check_words(chunk: str, log_format: str) -> None:
    from backcourt.errors import UnknownNameError

    for word, valid, what in ((chunk, ("season", "month"), "chunk"), (log_format, ("text", "json"), "log format")):
        if word not in valid:
            raise UnknownNameError(what, word, valid)


def carry_out(
    place: Warehouse,
    request: Request,
    *,
    file: str | None = None,
    saved: Plan | None = None,
    as_json: bool = False,
    log_format: str = "text",
) -> int:
    """Run a request and print what came of it: say how to resume before it starts and when it is interrupted.

    Args:
        place: The warehouse.
        request: What is computed, by which run and how.
        file: The option --warehouse, for the commands that are printed.
        saved: A plan that must still hold.
        as_json: True to print JSON, and no progress bar.
        log_format: "json" writes a line per step on standard error.

    Returns:
        The exit status.
    """
    from backcourt.backfill.context import RunContext
    from backcourt.backfill.events import make_publisher
    from backcourt.backfill.notify import make_notifier
    from backcourt.backfill.results import RunResult
    from backcourt.backfill.run import run as run_processors
    from backcourt.cli.output import print_json
    from backcourt.settings import load

    settings = load()
    notifier, publisher = make_notifier(settings.notify), make_publisher(settings.trigger)
    again = resume_command(request, file)

    run_id = request.identity.run_id

    def starting() -> None:
        typer.echo(f"run {run_id}; to resume: {again}", err=True)

    try:
        nothing = nothing_played(place, request, request.identity.now.date())
        if nothing is not None:
            if as_json:
                print_json(result_json(RunResult(run_id, nothing, ())))
            return 0
        with _progress(quiet=as_json, log_format=log_format, run_id=run_id) as progress:
            context = RunContext(notifier=notifier, publisher=publisher, progress=progress, starting=starting)
            result = run_processors(place, request, saved=saved, context=context)
    except KeyboardInterrupt:
        typer.echo(f"interrupted: what was published stays, nothing else was changed; resume with: {again}", err=True)
        # Not typer's exit: the entry point takes that one for an interrupt of which nothing has been said yet.
        sys.exit(INTERRUPTED)
    if as_json:
        print_json(result_json(result))
    else:
        print_result(result, file)
    return result.exit_code


def print_result(result: RunResult, file: str | None = None) -> None:
    """Print what a run did: a line per table, then warnings, problems and the next command."""
    if not result.plan.ranges:
        typer.echo(f"nothing to do on {result.plan.request.span}: every date is up to date")
        return
    print_results(result.tables)
    for line in result.warnings:
        typer.echo(f"warning: {line}")
    for line in result.problems:
        typer.echo(f"problem: {line}")
    for name in result.blocked:
        typer.echo(f"blocked: {name} was not computed on the dates that read a failed one")
    typer.echo(f"mode: {result.plan.request.policy.name}, validation: {result.plan.request.validation}")
    if result.exit_code:
        typer.echo(f"next: backcourt history {result.run_id}{same_warehouse(file)}")
    else:
        last = result.plan.request.processors[-1].table.full_name
        typer.echo(f'next: backcourt query "SELECT * FROM {last} LIMIT 5"{same_warehouse(file)}')


def print_results(results: Sequence[TableResult]) -> None:
    """Print what was done, a line per table."""
    from backcourt.cli.output import print_table

    print_table(
        ("table", "dates", "rows", "written", "removed", "unchanged", "failures", "seconds"),
        [
            (
                r.table,
                f"{r.dates:,}",
                f"{r.published.rows:,}",
                f"{r.published.inserted:,}",
                f"{r.published.removed:,}",
                f"{r.published.unchanged:,}",
                ", ".join(f"{count:,} {category}" for category, count in sorted(r.failures.items())) or "0",
                f"{r.seconds:.2f}",
            )
            for r in results
        ],
        numbers=("dates", "rows", "written", "removed", "unchanged", "seconds"),
    )


def result_json(result: RunResult) -> dict[str, Any]:
    """The result as JSON values."""
    from backcourt.backfill.plan_file import plan_json

    return {
        "run_id": result.run_id,
        "exit_code": result.exit_code,
        "tables": [_table_json(found) for found in result.tables],
        "warnings": list(result.warnings),
        "problems": list(result.problems),
        "blocked": list(result.blocked),
        "plan": plan_json(result.plan),
    }


def _table_json(found: TableResult) -> dict[str, Any]:
    done = found.published
    return {
        "table": found.table,
        "dates": found.dates,
        "rows": done.rows,
        "inserted": done.inserted,
        "removed": done.removed,
        "unchanged": done.unchanged,
        "failures": dict(found.failures),
        "seconds": found.seconds,
    }


@contextmanager
def _progress(*, quiet: bool, log_format: str, run_id: str) -> Iterator[Progress]:
    if log_format == "json":
        yield _json_lines(run_id)
        return
    with progress_bar(enabled=not quiet) as bar:
        yield bar


def _json_lines(run_id: str) -> Progress:
    def tell(table: str, done: int, total: int) -> None:
        line = {"at": now().isoformat(), "run_id": run_id, "doing": table or "ended", "done": done, "total": total}
        sys.stderr.write(json.dumps(line) + "\n")

    return tell


@contextmanager
def progress_bar(*, enabled: bool) -> Iterator[Progress]:
    """A progress bar on a terminal; nothing in a pipe."""
    from rich.console import Console

    from backcourt.backfill.context import tell_nobody

    console = Console(stderr=True)
    if not enabled or not console.is_terminal:
        yield tell_nobody
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(table: str, done: int, total: int) -> None:
            bar.update(task, description=table, completed=done, total=total)

        yield tell
