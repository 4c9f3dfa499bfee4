"""How results are printed: one table for people, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import typer


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever can be JSON
    """Print a value as JSON; dates and times in ISO form."""
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def print_table(
    headers: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "", numbers: Sequence[str] = ()
) -> None:
    """Print rows as a table that fits the terminal; the columns named in ``numbers`` are right-aligned."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        table.add_column(header, justify="right" if header in numbers else "left", overflow="fold")
    for row in rows:
        # Text, not markup: a value in brackets is data.
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console = Console()
    # In a pipe there is no width to fit: a wide table beats one cut into pieces.
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)
