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

from backcourt.answers.model import Answer, Part
from backcourt.answers.terminal import say
from backcourt.cli.engine import RunOptions, nothing_played, resume_command
from backcourt.cli.options import DRY_RUN, At, ReasonOption, new_run_id, now

if TYPE_CHECKING:
    from backcourt.backfill.context import Progress
    from backcourt.backfill.plan import Plan
    from backcourt.backfill.request import Request
    from backcourt.backfill.results import RunResult, TableResult
    from backcourt.warehouse.base import Warehouse

INTERRUPTED = 130


def run(
    chosen: RunOptions,
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
    max_bytes: Annotated[
        int | None,
        typer.Option(
            "--max-bytes", min=1, help="Bytes that may be billed: refuses a run that costs more, stops there."
        ),
    ] = None,
    max_dollars: Annotated[
        float | None, typer.Option("--max-dollars", min=0.0, help="The same in US dollars, by the configured price.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and exit.")] = False,
    reason: ReasonOption = "",
    log_format: Annotated[str, typer.Option("--log-format", help="text, or json: a line per step on stderr.")] = "text",
    *,
    at: At,
) -> Answer:
    """Compute what is missing, failed or stale in a range of dates, each table before those that read it.

    Exits with 1 if a date failed as a whole or tables disagree, with 130 if it was interrupted.
    """
    from backcourt.backfill.plan_file import check_unchanged, load, plan_json
    from backcourt.backfill.request import RunIdentity
    from backcourt.backfill.run import plan as make
    from backcourt.cli.options import resolve_mode
    from backcourt.cli.plan import cost_json, parts_of
    from backcourt.errors import BackcourtError

    place = at.warehouse()
    _check_words(chunk, log_format)
    kept = load(saved) if saved else None
    if kept is None:
        wanted = chosen.request(place)
    elif not chosen.given:
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
        max_bytes=_limit(place, max_bytes, max_dollars),
    )
    if dry_run:
        quiet = nothing_played(place, request, request.identity.now.date())
        found = quiet or make(place, request, keep=kept is not None)
        if kept is not None:
            check_unchanged(kept, found)
        return Answer(DRY_RUN, [] if quiet else parts_of(found), data={**plan_json(found), **cost_json(found)})
    return carry_out(place, request, at=at, saved=kept, log_format=log_format)


def _limit(place: Warehouse, most: int | None, dollars: float | None) -> int | None:
    """Bytes that may be billed; None for no limit.

    Raises:
        SettingsError: If there is a limit in a warehouse where nothing is billed.
    """
    from backcourt.errors import SettingsError
    from backcourt.warehouse.price import bytes_for

    if most is None and dollars is None:
        return None
    if place.price is None:
        raise SettingsError(
            f"nothing is billed in {place.name}: --max-bytes and --max-dollars have no meaning there",
            next_step="leave them out, or name a project with --warehouse bigquery://PROJECT",
        )
    by_price = None if dollars is None else bytes_for(dollars, place.price)
    return min((limit for limit in (most, by_price) if limit is not None), default=None)


def _check_words(chunk: str, log_format: str) -> None:
    from backcourt.errors import UnknownNameError

    for word, valid, what in ((chunk, ("season", "month"), "chunk"), (log_format, ("text", "json"), "log format")):
        if word not in valid:
            raise UnknownNameError(what, word, valid)


def carry_out(
    place: Warehouse,
    request: Request,
    *,
    at: At,
    saved: Plan | None = None,
    log_format: str = "text",
) -> Answer:
    """Run a request and answer what came of it: say how to resume before it starts and when it is interrupted.

    Args:
        place: The warehouse.
        request: What is computed, by which run and how.
        at: The warehouse's option, for the commands that are printed; with JSON there is no progress bar.
        saved: A plan that must still hold.
        log_format: "json" writes a line per step on standard error.
    """
    from backcourt.backfill.context import RunContext
    from backcourt.backfill.events import make_publisher
    from backcourt.backfill.notify import make_notifier
    from backcourt.backfill.results import RunResult
    from backcourt.backfill.run import run as run_processors
    from backcourt.settings import load

    settings = load()
    notifier, publisher = make_notifier(settings.notify), make_publisher(settings.trigger)
    again = resume_command(request) + at.option
    run_id = request.identity.run_id

    def starting() -> None:
        say(f"run {run_id}; to resume: {again}", aside=True)

    try:
        nothing = nothing_played(place, request, request.identity.now.date())
        if nothing is not None:
            return Answer(data=result_json(RunResult(run_id, nothing, ())))
        with _progress(quiet=at.as_json, log_format=log_format, run_id=run_id) as progress:
            context = RunContext(notifier=notifier, publisher=publisher, progress=progress, starting=starting)
            result = run_processors(place, request, saved=saved, context=context)
    except KeyboardInterrupt:
        say(f"interrupted: what was published stays, nothing else was changed; resume with: {again}", aside=True)
        # Not typer's exit: the entry point takes that one for an interrupt of which nothing has been said yet.
        sys.exit(INTERRUPTED)
    return answer(result)


def answer(result: RunResult) -> Answer:
    """What a run did: a line per table, then warnings, problems and the next command."""
    from backcourt.calendar import BOOTSTRAP_DAYS
    from backcourt.catalog import table as table_of
    from backcourt.integrity import tables

    data, request = result_json(result), result.plan.request
    if not result.plan.ranges:
        return Answer(
            f"nothing to do on {request.span}: every date is up to date", exit_code=result.exit_code, data=data
        )
    parts: list[Part] = [tables.results(result.tables)]
    parts += tables.bill(result.spent)
    parts += [f"warning: {line}" for line in result.warnings]
    parts += [f"problem: {line}" for line in result.problems]
    parts += [f"blocked: {name} was not computed on the dates that read a failed one" for name in result.blocked]
    empty = [table_of(one.table).short for one in result.tables if one.is_bootstrap]
    if empty:
        days = f"the first {BOOTSTRAP_DAYS} days of a season are bootstrap"
        parts.append(f"no rows of {', '.join(empty)}: {days}, which these tables leave out")
    written = [one.table for one in result.tables if not one.is_bootstrap]
    last = table_of(written[-1]).full_name if written else request.processors[-1].table.full_name
    step = f'backcourt query "SELECT * FROM {last} LIMIT 5"'
    step = f"backcourt history {result.run_id}" if result.exit_code else step
    return Answer(
        f"mode: {request.policy.name}, validation: {request.validation}", parts, [step], result.exit_code, data
    )


def result_json(result: RunResult) -> dict[str, Any]:
    """The result as JSON values."""
    from backcourt.backfill.plan_file import plan_json

    return {
        "run_id": result.run_id,
        "exit_code": result.exit_code,
        "tables": [_table_json(found) for found in result.tables],
        "warnings": result.warnings,
        "problems": result.problems,
        "blocked": result.blocked,
        "bytes_billed": result.spent.bytes,
        "jobs": len(result.spent.jobs),
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
        "failures": found.failures,
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
