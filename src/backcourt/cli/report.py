"""`backcourt report`: a range of dates as one page to send around."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcourt.cli.engine import EndOption, RunOptions, SeasonOption, StartOption
from backcourt.cli.options import WarehouseOption, now, warehouse


def report(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page, one self-contained HTML file.")],
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    file: WarehouseOption = None,
) -> None:
    """Write one HTML page about a range: verdict, coverage, failures, contamination, gaps and run history.

    Exits as `backcourt validate range` does: 1 with problems, 2 if something is critical. The page is written in any
    case.
    """
    from backcourt.files import check_writable, write_whole
    from backcourt.runbooks.range_report import range_report

    check_writable(out, "--out")
    place = warehouse(file)
    place.require()
    span = RunOptions(start_date, end_date, season).span(place)
    text, found = range_report(place, span, now=now())
    write_whole(out, text, "--out")
    typer.echo(f"report: {out}")
    raise typer.Exit(found.exit_code)
