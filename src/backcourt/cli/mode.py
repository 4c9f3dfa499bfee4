"""`backcourt mode`: what the two modes do, and where the code decides it."""

from __future__ import annotations

from dataclasses import asdict

import typer

from backcourt.answers.model import Answer, Rows
from backcourt.cli.options import Json, resolve_mode

app = typer.Typer(help="Show what daily and backfill mode do.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `show` a subcommand, although it is the only one."""


@app.command("show")
def show(*, _how: Json) -> Answer:
    """Show the 13 behaviours: daily, backfill, why, and the functions that decide each."""
    from backcourt.mode import BEHAVIOURS, POLICIES, deciders, enforced

    found = deciders()
    rows = [
        (
            item.number,
            item.title,
            item.daily,
            item.backfill,
            ", ".join(f"{d.path}:{d.line}" for d in found[item.number]) or "not enforced yet",
        )
        for item in BEHAVIOURS
    ]
    data = {
        "policies": list(POLICIES.values()),
        "behaviours": [
            {**asdict(item), "enforced": enforced(item), "deciders": found[item.number]} for item in BEHAVIOURS
        ],
    }
    return Answer(
        f"mode where none is given: {resolve_mode(None).name}",
        [Rows(("#", "behaviour", "daily", "backfill", "decided in"), rows, ("#",))],
        ["backcourt run --mode daily|backfill; --json here shows the reasons and both policies"],
        data=data,
    )
