"""`backcourt mode`: what the two modes do, and where the code decides it."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Show what daily and backfill mode do.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `show` a subcommand, although it is the only one."""


@app.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False) -> None:
    """Show the 13 behaviours: daily, backfill, why, and the functions that decide each."""
    from dataclasses import asdict

    from backcourt.cli.options import resolve_mode
    from backcourt.cli.output import print_json, print_table
    from backcourt.mode import BEHAVIOURS, POLICIES, deciders, enforced

    found = deciders()
    if as_json:
        print_json(
            {
                "policies": [asdict(policy) for policy in POLICIES.values()],
                "behaviours": [
                    {
                        **asdict(behaviour),
                        "enforced": enforced(behaviour),
                        "deciders": [asdict(decider) for decider in found[behaviour.number]],
                    }
                    for behaviour in BEHAVIOURS
                ],
            }
        )
        return
    print_table(
        ("#", "behaviour", "daily", "backfill", "decided in"),
        [
            (
                str(item.number),
                item.title,
                item.daily,
                item.backfill,
                ", ".join(f"{d.path}:{d.line}" for d in found[item.number]) or "not enforced yet",
            )
            for item in BEHAVIOURS
        ],
        numbers=("#",),
    )
    typer.echo(f"mode where none is given: {resolve_mode(None).name}")
    typer.echo("next: backcourt run --mode daily|backfill; --json here shows the reasons and both policies")
