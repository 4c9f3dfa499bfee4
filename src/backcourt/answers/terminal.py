"""An answer on a terminal: its parts as lines and tables that fit, then the verdict, and the next command last."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from backcourt.answers.model import Answer, Checks, Folded, Heading, Note, Part, Rows, ToCopy, cell

_WIDTH = 200
"""Columns in a pipe, where there is no width to fit: a wide table beats one cut into pieces."""


def show(answer: Answer) -> None:
    """Print an answer; what is beside the point goes to standard error."""
    parts: list[Part] = [*answer.parts, *([answer.verdict] if answer.verdict else [])]
    for part in parts:
        _show(part)
    for step in answer.next:
        say(f"next: {step}")


def say(text: str, *, aside: bool = False) -> None:
    """Print a line at once; ``aside`` to standard error."""
    stream = sys.stderr if aside else sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def _show(part: Part) -> None:
    if isinstance(part, Rows):
        _table(part)
    elif isinstance(part, Checks):
        rows = [(check.level, check.name, check.found) for check in part.found]
        _table(Rows(("level", "check", "found"), rows, title=part.title))
    elif isinstance(part, Folded):
        _parts(part.parts)
    elif isinstance(part, (Note, Heading, ToCopy, str)):
        say(part if isinstance(part, str) else part.text, aside=isinstance(part, Note) and part.aside)
    else:
        say(part.alt)


def _parts(parts: Sequence[Part]) -> None:
    for part in parts:
        _show(part)


def _table(table: Rows) -> None:
    """Print rows as a table that fits the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(title=table.title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for header in table.headers:
        grid.add_column(header, justify="right" if header in table.numbers else "left", overflow="fold")
    for row in table.rows:
        # Text, not markup: a value in brackets is data.
        grid.add_row(*(Text(cell(value)) for value in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(grid)
