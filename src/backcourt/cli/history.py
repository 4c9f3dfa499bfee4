"""`backcourt history`: what was run, and how it ended."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from backcourt.answers.model import Answer, Rows
from backcourt.cli.options import At, now
from backcourt.errors import LOAD_FIRST, counted


def history(
    run_id: Annotated[str, typer.Argument(metavar="[RUN]", help="One run: its tables and what it restated.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Newest runs shown.")] = 20,
    *,
    at: At,
) -> Answer:
    """Show the newest runs and loads, or one run table by table with its problems and restated rows."""
    from backcourt.backfill.history import run_detail, runs
    from backcourt.errors import UnknownNameError
    from backcourt.integrity import tables

    with at.existing().read() as session:
        found = runs(session, now=now(), limit=limit, run_id=run_id)
        if run_id and not found:
            raise UnknownNameError("run", run_id, [run.run_id for run in runs(session, now=now(), limit=100)])
        detail = run_detail(session, run_id, now=now()) if run_id else None
    if detail is None:
        step = [f"backcourt history {found[0].run_id}"] if found else []
        return Answer("" if found else f"no run yet; {LOAD_FIRST}", [tables.runs(found)], step, data=found)
    headers = ("table", "status", "written", "left alone", "failures", "error")
    rows = [(t.table, t.status, t.created, t.skipped, t.failed, t.error) for t in detail.tables]
    parts = [tables.runs(found), Rows(headers, rows, headers[2:5])]
    lines = [f"restated: {counted(item.rows, 'row')} of {item.table} ({item.reason})" for item in detail.restated]
    lines += [f"event: {line}" for line in detail.events]
    return Answer("", [*parts, *lines], data={**asdict(found[0]), **asdict(detail)})
