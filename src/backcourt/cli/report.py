"""`backcourt report`: a range of dates as one page to send around."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcourt.cli.engine import Asked, EndOption, SeasonOption, StartOption
from backcourt.cli.options import WarehouseOption, now, warehouse


def report(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page, one self-contained HTML file.")],
    start_date: StartOption = None,
    end_date: EndOption = None,
    season: SeasonOption = None,
    file: WarehouseOption = None,
) -> None:
    """Write one HTML page about a range: verdict, coverage, failures, contamination, gaps and run history.

    Exits as `backcourt validate range` does: 1 with problems, 2 if something is critical. The page is written all the
    same.
    """
    from backcourt.errors import BackcourtError
    from backcourt.runbooks.range_report import range_report

    if out.is_dir() or not out.absolute().parent.is_dir():
        raise BackcourtError(f"{out} cannot be written", next_step="name a file in a folder that exists with --out")
    place = warehouse(file)
    place.require()
    span = Asked(start_date, end_date, season).span(place)
    text, found = range_report(place, span, now=now())
    part = out.with_name(f"{out.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(out)
    typer.echo(f"report: {out}")
    raise typer.Exit(found.exit_code)
