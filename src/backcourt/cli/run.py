"""`backcourt run`: compute tables over a range of dates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from backcourt.cli.options import WarehouseOption, new_run_id, now, resolve_mode, warehouse

if TYPE_CHECKING:
    from backcourt.backfill.run import Progress, TableResult


def run(
    start_date: Annotated[str, typer.Option("--start-date", help="First date to write, YYYY-MM-DD.")],
    end_date: Annotated[str, typer.Option("--end-date", help="Last date to write, YYYY-MM-DD.")],
    phase: Annotated[int | None, typer.Option(help="Only phase 3 (analytics) or 4 (precompute).")] = None,
    table: Annotated[list[str] | None, typer.Option(help="Only this table; may be repeated.")] = None,
    mode: Annotated[
        str | None,
        typer.Option(help="daily or backfill; default: BACKCOURT_BACKFILL_MODE, backcourt.toml or backfill."),
    ] = None,
    by_month: Annotated[
        bool, typer.Option("--by-month", help="Publish month by month: less memory, more time.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    file: WarehouseOption = None,
) -> None:
    """Compute analytics and precompute tables for every game date of a range, in dependency order."""
    from backcourt.backfill.publish import Stamp
    from backcourt.backfill.run import run as run_processors
    from backcourt.calendar import DateRange, parse_date
    from backcourt.cli.output import print_json
    from backcourt.processors.registry import select

    span = DateRange(parse_date(start_date, "start date"), parse_date(end_date, "end date"))
    processors = select(phase=phase, tables=tuple(table or ()))
    policy = resolve_mode(mode)
    stamp = Stamp(run_id=new_run_id(), now=now(), policy=policy)
    with progress_bar(enabled=not as_json) as progress:
        results = run_processors(warehouse(file), span, processors, stamp, by_month=by_month, progress=progress)
    if as_json:
        print_json([_fields(result) for result in results])
    else:
        print_results(results)
        typer.echo(f"mode: {policy.name}")
        typer.echo(f'next: backcourt query "SELECT * FROM {processors[-1].table.full_name} LIMIT 5"')


def print_results(results: tuple[TableResult, ...]) -> None:
    """Print what a run did, a line per table."""
    from backcourt.cli.output import print_table

    print_table(
        ("table", "rows", "written", "removed", "unchanged", "failures", "seconds"),
        [
            (
                r.table,
                f"{r.rows:,}",
                f"{r.inserted:,}",
                f"{r.removed:,}",
                f"{r.unchanged:,}",
                ", ".join(f"{count:,} {category}" for category, count in sorted(r.failures.items())) or "0",
                f"{r.seconds:.2f}",
            )
            for r in results
        ],
        numbers=("rows", "written", "removed", "unchanged", "seconds"),
    )


@contextmanager
def progress_bar(*, enabled: bool) -> Iterator[Progress | None]:
    """A progress bar on a terminal; nothing in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    if not enabled or not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(table: str, done: int, total: int) -> None:
            bar.update(task, description=table, completed=done, total=total)

        yield tell


def _fields(result: TableResult) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(result)
