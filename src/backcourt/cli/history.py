"""`backcourt history`: what was run, and how it ended."""

from __future__ import annotations

from typing import Annotated

import typer

from backcourt.cli.engine import JsonOption, same_warehouse
from backcourt.cli.options import WarehouseOption, now, warehouse
from backcourt.errors import counted


def history(
    run_id: Annotated[str, typer.Argument(metavar="[RUN]", help="One run: its tables and what it restated.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Newest runs shown.")] = 20,
    as_json: JsonOption = False,
    file: WarehouseOption = None,
) -> None:
    """Show the newest runs and loads, or one run table by table with its problems and restated rows."""
    from dataclasses import asdict

    from backcourt.backfill.history import run_detail, runs
    from backcourt.cli.output import print_json, print_table
    from backcourt.errors import UnknownNameError

    place = warehouse(file)
    place.require()
    with place.read() as session:
        found = runs(session, now=now(), limit=limit, run_id=run_id)
        if run_id and not found:
            raise UnknownNameError("run", run_id, [run.run_id for run in runs(session, now=now(), limit=100)])
        detail = run_detail(session, run_id, now=now()) if run_id else None
    if as_json:
        print_json([asdict(run) for run in found] if detail is None else {**asdict(found[0]), **asdict(detail)})
        return
    print_table(
        ("run", "started (UTC)", "status", "mode", "by", "from", "to", "tables", "written", "failures", "seconds"),
        [
            (
                r.run_id,
                f"{r.started_at:%Y-%m-%d %H:%M:%S}",
                r.status,
                r.mode,
                r.trigger,
                r.start,
                r.end,
                r.tables,
                f"{r.created:,}",
                f"{r.failed:,}",
                f"{r.seconds:.2f}",
            )
            for r in found
        ],
        numbers=("tables", "written", "failures", "seconds"),
    )
    if detail is None:
        newest = f"next: backcourt history {found[0].run_id}{same_warehouse(file)}" if found else ""
        typer.echo(newest or "no run yet: backcourt load season DIR")
        return
    print_table(
        ("table", "status", "written", "left alone", "failures", "error"),
        [(t.table, t.status, f"{t.created:,}", f"{t.skipped:,}", f"{t.failed:,}", t.error) for t in detail.tables],
        numbers=("written", "left alone", "failures"),
    )
    for restated in detail.restated:
        typer.echo(f"restated: {counted(restated.rows, 'row')} of {restated.table} ({restated.reason})")
    for line in detail.events:
        typer.echo(f"event: {line}")
