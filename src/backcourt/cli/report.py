"""`backcourt report`: a range of dates as one page to send around."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backcourt.answers.model import Answer
from backcourt.cli.engine import Dates
from backcourt.cli.options import Where, now


def report(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page, one self-contained HTML file.")],
    dates: Dates,
    *,
    at: Where,
) -> Answer:
    """Write one HTML page about a range: verdict, coverage, failures, contamination, gaps and run history.

    Exits as `backcourt validate range` does: 1 with problems, 2 if something is critical. The page is written in any
    case.
    """
    from backcourt.files import check_writable, write_whole
    from backcourt.runbooks.range_report import range_report

    check_writable(out, "--out")
    place = at.existing()
    text, found = range_report(place, dates.span(place), now=now())
    write_whole(out, text, "--out")
    return Answer(f"report: {out}", exit_code=found.exit_code)
